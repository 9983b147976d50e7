"""An image registry with immutable tags behind a `docker` that knows what the scripts ask of it."""

import json
import sys
from pathlib import Path

_PROGRAM = '''#!{python}
import sys
sys.path.insert(0, {support!r})
from registry import Docker
sys.exit(Docker({state!r}).run(sys.argv[1:]))
'''


class Registry:
    """What is in the registry, for tests to see and to change."""

    def __init__(self, folder):
        self.state = folder / "registry.json"
        self.write({"tags": {}, "pushed": {}, "builds": [], "refuse": {}, "overtaken": []})
        self.bin = folder / "bin"
        self.bin.mkdir()
        program = self.bin / "docker"
        support = str(Path(__file__).parent)
        program.write_text(_PROGRAM.format(python=sys.executable, support=support, state=str(self.state)))
        program.chmod(0o755)

    def read(self):
        return json.loads(self.state.read_text())

    def write(self, state):
        self.state.write_text(json.dumps(state))

    def refuse(self, command, message):
        """Makes a command fail with a message, until it is None."""
        state = self.read()
        state["refuse"][command] = message
        self.write(state)

    def overtake(self, reference):
        """Lets another run be first with a tag: it comes between question and answer."""
        state = self.read()
        state["overtaken"].append(reference)
        self.write(state)

    def put_tag(self, reference, digest="sha256:" + "a" * 64):
        state = self.read()
        state["tags"][reference] = digest
        self.write(state)

    @property
    def tags(self):
        return self.read()["tags"]

    @property
    def builds(self):
        return self.read()["builds"]


class Docker:
    """The command."""

    def __init__(self, state):
        self.path = Path(state)
        self.state = json.loads(self.path.read_text())

    def run(self, arguments):
        match arguments:
            case ["buildx", "imagetools", "inspect", reference]:
                name, action = "inspect", lambda: self.inspect(reference)
            case ["buildx", "imagetools", "inspect", reference, "--format", "{{json .Manifest}}"]:
                name, action = "inspect", lambda: self.manifest(reference)
            case ["buildx", "imagetools", "create", "--tag", reference, source]:
                name, action = "create", lambda: self.create(reference, source)
            case ["buildx", "build", *options, context] if len(options) % 2 == 0:
                pairs = list(zip(options[::2], options[1::2]))
                name, action = "build", lambda: self.build(pairs, Path(context))
            case _:
                return self.fail(f"unknown command {arguments}")
        refusal = self.state["refuse"].get(name)
        return self.fail(refusal) if refusal else action()

    def fail(self, message):
        print(f"ERROR: {message}", file=sys.stderr)
        return 1

    def save(self):
        self.path.write_text(json.dumps(self.state))
        return 0

    def inspect(self, reference):
        if reference not in self.state["tags"]:
            return self.fail(f"{reference}: not found")
        print(f"Name: {reference}\nDigest: {self.state['tags'][reference]}")
        return 0

    def manifest(self, reference):
        if reference not in self.state["tags"]:
            return self.fail(f"{reference}: not found")
        print(json.dumps({"mediaType": "index", "digest": self.state["tags"][reference], "size": 1}))
        return 0

    def create(self, reference, source):
        repository, _, digest = source.partition("@")
        if digest not in self.state["pushed"].get(repository, []):
            return self.fail(f"{source}: not found")
        if reference in self.state["overtaken"]:
            self.state["tags"][reference] = "sha256:" + "b" * 64
            self.save()
        if reference in self.state["tags"]:
            return self.fail(f"tag of {reference} already exists and cannot be overwritten: it is immutable")
        self.state["tags"][reference] = digest
        return self.save()

    def build(self, pairs, context):
        import hashlib

        options = dict(pairs)
        output = dict(part.split("=", 1) for part in options["--output"].split(","))
        files = {
            str(path.relative_to(context)): path.read_text() for path in sorted(context.rglob("*")) if path.is_file()
        }
        digest = "sha256:" + hashlib.sha256(json.dumps(files).encode()).hexdigest()
        if output["push"] == "true":
            self.state["pushed"].setdefault(output["name"], []).append(digest)
        options["--build-arg"] = dict(value.split("=", 1) for name, value in pairs if name == "--build-arg")
        dockerfile = str(Path(options["--file"]).relative_to(context))
        self.state["builds"].append({"options": options, "output": output, "files": files, "dockerfile": dockerfile})
        Path(options["--metadata-file"]).write_text(json.dumps({"containerimage.digest": digest}))
        print("building")
        return self.save()
