"""OpenTofu or Terraform on a copy of the bootstrap."""

import json
import os
import shutil
import subprocess

import pytest

from support.paths import BOOTSTRAP

PROGRAM = shutil.which("tofu") or shutil.which("terraform")


class Terraform:
    """The bootstrap in a folder of its own.

    The AWS provider comes from the folder that TF_PLUGIN_MIRROR names, where there is one, else from the registry.
    """

    def __init__(self, directory, environment=None):
        if PROGRAM is None:
            assert os.environ.get("SHRINKR_OPENTOFU") != "required", "neither tofu nor terraform is installed here"
            pytest.skip("neither tofu nor terraform is installed here")
        self.directory = directory / "bootstrap"
        shutil.copytree(BOOTSTRAP, self.directory, ignore=shutil.ignore_patterns(".terraform*", "*.tfstate*"))
        self.environment = {k: v for k, v in os.environ.items() if not k.startswith(("AWS_", "TF_VAR_", "TF_CLI_ARGS"))}
        self.environment |= {"TF_IN_AUTOMATION": "1", "CHECKPOINT_DISABLE": "1"} | (environment or {})
        self._use_mirror(directory / "terraformrc")

    def _use_mirror(self, configuration):
        mirror = os.environ.get("TF_PLUGIN_MIRROR")
        if not mirror:
            return
        configuration.write_text(
            "provider_installation {\n  filesystem_mirror {\n"
            f"    path    = {json.dumps(mirror)}\n    include = [\"*/*/*\"]\n  }}\n}}\n"
        )
        self.environment["TF_CLI_CONFIG_FILE"] = str(configuration)

    def run(self, *arguments):
        return subprocess.run(
            [PROGRAM, *arguments], cwd=self.directory, env=self.environment, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=600,
        )  # fmt: skip

    def check(self, *arguments):
        """Runs a command that must succeed; returns what it printed."""
        result = self.run(*arguments)
        assert result.returncode == 0, result.stdout
        return result.stdout

    def init(self):
        result = self.run("init", "-no-color", "-input=false", "-backend=false")
        if "could not connect" in result.stdout.lower() and not os.environ.get("CI"):
            pytest.skip("the AWS provider cannot be had: no registry, and TF_PLUGIN_MIRROR names no folder with it")
        assert result.returncode == 0, result.stdout
        return self

    def outputs(self):
        return {name: output["value"] for name, output in json.loads(self.check("output", "-json")).items()}
