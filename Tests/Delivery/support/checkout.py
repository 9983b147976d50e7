"""Real Git repositories, without anything of the Git configuration of whoever runs the tests."""

import os
import subprocess
from pathlib import Path

# Nothing that a runner has not: above all, no identity.
GIT_ENVIRONMENT = {"GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": os.devnull, "GIT_TERMINAL_PROMPT": "0"}
# Of the people of a test. Only their own commands get it.
IDENTITY = ("-c", "user.name=Test", "-c", "user.email=test@example.com")


def clean_environment():
    """This process's environment without anything that would configure Git, GitHub, AWS or Shrinkr."""
    return {k: v for k, v in os.environ.items() if not k.startswith(("GIT_", "GITHUB_", "GH_", "AWS_", "SHRINKR_"))}


class Checkout:
    """A folder that is a Git repository."""

    def __init__(self, folder):
        self.folder = Path(folder)

    @classmethod
    def create_bare(cls, folder):
        Path(folder).mkdir(parents=True)
        repository = cls(folder)
        repository.git("init", "--quiet", "--bare", "--initial-branch", "main")
        return repository

    @classmethod
    def clone(cls, remote, folder, revision="main"):
        """A clone as actions/checkout makes it: the whole history, every branch, and one commit checked out."""
        Path(folder).mkdir(parents=True)
        clone = cls(folder)
        clone.git("clone", "--quiet", "--no-local", str(remote), ".")
        clone.git("checkout", "--quiet", revision)
        return clone

    def git(self, *arguments, check=True):
        done = subprocess.run(
            ["git", *IDENTITY, *arguments], cwd=self.folder, env=clean_environment() | GIT_ENVIRONMENT, stdin=subprocess.DEVNULL,
            capture_output=True, text=True,
        )  # fmt: skip
        assert done.returncode == 0 or not check, f"git {arguments}: {done.stdout}{done.stderr}"
        return done.stdout.strip()

    @property
    def head(self):
        return self.git("rev-parse", "HEAD")

    def write(self, files):
        """Writes files, or deletes those whose text is None."""
        for path, text in files.items():
            file = self.folder / path
            if text is None:
                file.unlink()
            else:
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_text(text)

    def commit(self, files, message="Change"):
        self.write(files)
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "-m", message)
        return self.head
