"""Images: locked, built of exactly one commit, never twice, and tagged last. The registry is a stand-in, and so is `docker`."""

import re
import shutil
import subprocess

import pytest
import yaml

from support.checkout import GIT_ENVIRONMENT, Checkout, clean_environment
from support.paths import REPOSITORY as ROOT
from support.workflows import run_step, step_named
from support.world import LOCKED, REGISTRY

REPOSITORY = f"{REGISTRY}/api"
DIGEST = "sha256:" + "d" * 64


@pytest.fixture
def world(one_repository):
    return one_repository


@pytest.fixture
def run(world):
    return world.run()


def build(run, revision, service="api"):
    return run.script("build-image", "--service", service, "--revision", revision, "--repository", REPOSITORY)


def publish(run, revision, digest):
    return run.script("publish-image", "--revision", revision, "--repository", REPOSITORY, "--digest", digest)


def outputs(done):
    assert done.returncode == 0, done.stderr
    return dict(line.split("=", 1) for line in done.stdout.splitlines())


def test_an_image_is_built_of_one_commit(world, run):
    revision = world.people.head
    world.push({"Sources/API/main.swift": "// later\n"})
    run.source.git("remote", "set-url", "origin", "https://me:secret@example.com/acme/shrinkr")
    run.source.write({"Sources/API/main.swift": "// not saved\n", "secrets.txt": "not mine\n"})
    assert outputs(build(run, revision))["published"] == "false"
    (built,) = world.registry.builds
    assert built["dockerfile"] == "Dockerfiles/api.Dockerfile"
    assert built["files"]["Sources/API/main.swift"] == "// the API\n"
    assert not {"secrets.txt", ".git"} & set(built["files"])
    options = built["options"]
    assert options["--build-arg"] | {"SOURCE_DATE_EPOCH": ""} == {
        "COMMIT": revision, "REVISION": revision, "SOURCE": "https://example.com/acme/shrinkr", "VERSION": "1.2.3", "SOURCE_DATE_EPOCH": "",
    }  # fmt: skip
    assert options["--build-arg"]["SOURCE_DATE_EPOCH"] == world.people.git("show", "-s", "--format=%ct", revision)
    assert options["--provenance"] == "mode=max" and options["--sbom"] == "true"
    assert built["output"]["push-by-digest"] == "true" and built["output"]["name"] == REPOSITORY


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ({"Package.resolved": None}, "locks no versions"),
        ({"Dockerfiles/api.Dockerfile": "FROM swift:6 AS builder\nFROM scratch\n"}, "swift:6 AS builder"),
        ({"Dockerfiles/api.Dockerfile": LOCKED.replace("swift:6@", "debian:12@") + "FROM swift\n"}, "digest"),
        ({"Dockerfiles/api.Dockerfile": "FROM ${BASE} AS builder\nFROM scratch\n"}, "${BASE}"),
    ],
)
def test_what_is_not_locked_is_not_built(world, files, words):
    """Else two builds of one commit could differ."""
    revision = world.push(files)
    done = build(world.run(), revision)
    assert done.returncode == 1 and words in done.stderr and "make lock" in done.stderr, done.stderr
    assert not world.registry.builds


def certificate_of(name, folder):
    """A certificate that an authority of this name gives itself."""
    made = subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
         "-keyout", folder / "key.pem", "-subj", f"/CN={name}"], capture_output=True, text=True, check=True,
    )  # fmt: skip
    return made.stdout


class TestLock:
    @pytest.fixture
    def fork(self, world, tmp_path):
        """A fork of this repository as it is, without a lock; with a Swift that resolves, and AWS's list of authorities."""
        swift = world.registry.bin / "swift"
        swift.write_text('#!/bin/sh\n[ "$*" = "package resolve" ] && echo "{}" >Package.resolved\n')
        swift.chmod(0o755)
        self.publish(world, "Amazon RDS eu-central-1 Root CA RSA2048 G1", "Amazon RDS us-east-1 Root CA ECC384 G1")
        fork = Checkout(tmp_path / "fork")
        fork.folder.mkdir()
        fork.git("init", "--quiet")
        shutil.copytree(ROOT / "Dockerfiles", fork.folder / "Dockerfiles")
        for name in ("Makefile", ".gitignore"):
            shutil.copy(ROOT / name, fork.folder)
        for path in (fork.folder / "Dockerfiles").glob("*.Dockerfile"):
            path.write_text(re.sub(r"@sha256:[0-9a-f]{64}", "", path.read_text()))
        fork.commit({}, "Fork")
        return fork

    def publish(self, world, *names):
        """What AWS answers with for its authorities."""
        bundle = world.registry.bin / "bundle.pem"
        bundle.write_text("".join(certificate_of(name, world.folder) for name in names))
        curl = world.registry.bin / "curl"
        curl.write_text(
            '#!/bin/sh\nfor last; do :; done\n'
            '[ "$last" = https://truststore.pki.rds.amazonaws.com/global/global-bundle.pem ] || exit 6\n'
            f'while [ "$1" != --output ]; do shift; done\ncp {bundle} "$2"\n'
        )
        curl.chmod(0o755)

    def lock(self, world, fork):
        return subprocess.run(
            [fork.folder / "Dockerfiles" / "lock.sh"], env=world.environment, capture_output=True, text=True, timeout=60
        )

    def test_it_pins_every_base(self, world, fork):
        digests = {"swift:6.3-bookworm": "sha256:" + "1" * 64, "debian:bookworm-slim": "sha256:" + "2" * 64}
        for base, digest in digests.items():
            world.registry.put_tag(base, digest)
        done = self.lock(world, fork)
        assert done.returncode == 0, done.stderr
        fork.git("commit", "--quiet", "-m", "Lock")
        assert fork.git("ls-files", "Package.resolved"), "though it is in the list of ignored files"
        for path in (fork.folder / "Dockerfiles").glob("*.Dockerfile"):
            original = re.sub(r"@sha256:[0-9a-f]{64}", "", (ROOT / "Dockerfiles" / path.name).read_text())
            bases = [line.split()[1] for line in path.read_text().splitlines() if line.startswith("FROM ")]
            assert [base for base in bases if base != "scratch"] == [f"{b}@{d}" for b, d in digests.items()]
            assert re.sub(r"@sha256:[0-9a-f]{64}", "", path.read_text()) == original, "nothing else is changed"
        # A second time nothing moves, whatever the tags lead to by then.
        world.registry.put_tag("swift:6.3-bookworm", "sha256:" + "3" * 64)
        assert self.lock(world, fork).returncode == 0 and not fork.git("status", "--porcelain")

    def test_it_takes_the_authorities_of_the_database(self, world, fork):
        """All of them, once, and nobody else's."""
        for base in ("swift:6.3-bookworm", "debian:bookworm-slim"):
            world.registry.put_tag(base, "sha256:" + "1" * 64)
        file = fork.folder / "Dockerfiles/rds-authorities.pem"
        before = file.read_text()
        self.publish(world, "Amazon RDS eu-central-1 Root CA RSA2048 G1", "Somebody")
        done = self.lock(world, fork)
        assert done.returncode == 1 and "Somebody" in done.stderr and file.read_text() == before, done.stderr
        self.publish(world)
        assert self.lock(world, fork).returncode == 1 and file.read_text() == before
        self.publish(world, "Amazon RDS eu-central-1 Root CA RSA2048 G1", "Amazon RDS us-east-1 Root CA ECC384 G1")
        assert self.lock(world, fork).returncode == 0
        locked = file.read_text()
        assert locked.startswith(before) and locked.count("-----BEGIN CERTIFICATE-----") == 2
        assert file.name in fork.git("diff", "--cached", "--name-only")
        # Others come when somebody asks for them.
        self.publish(world, "Amazon RDS eu-central-1 Root CA RSA4096 G1")
        assert self.lock(world, fork).returncode == 0 and file.read_text() == locked

    def test_a_registry_that_does_not_answer(self, world, fork):
        assert self.lock(world, fork).returncode != 0
        assert not fork.git("status", "--porcelain")

    def test_a_fork_s_builds_keep_to_its_lock(self, fork):
        def builds():
            done = subprocess.run(
                ["make", "-n", "unit-test", "release", "SWIFT=swift"], cwd=fork.folder, capture_output=True, text=True,
                env=clean_environment() | GIT_ENVIRONMENT,
            )  # fmt: skip
            assert done.returncode == 0, done.stderr
            return re.findall(r"swift build.*", done.stdout)

        (fork.folder / "Package.resolved").write_text("{}")
        assert builds() and not any("--force-resolved-versions" in line for line in builds()), "not committed, no lock"
        fork.git("add", "--force", "Package.resolved")
        assert all("--force-resolved-versions" in line for line in builds())


@pytest.mark.parametrize("service", ["api", "worker"])
def test_dockerfiles_can_be_locked_and_kept_current(service):
    """Bases are named as Dependabot reads them, and a lock in the context is kept to."""
    text = (ROOT / "Dockerfiles" / f"{service}.Dockerfile").read_text()
    bases = re.findall(r"^FROM (\S+)", text, re.MULTILINE)
    assert bases and all(re.fullmatch(r"scratch|[a-z]+:[\w.-]+(@sha256:[0-9a-f]{64})?", base) for base in bases), bases
    assert "if [ -f Package.resolved ]; then set -- --force-resolved-versions" in text
    docker = [u for u in yaml.safe_load((ROOT / ".github/dependabot.yml").read_text())["updates"]
              if u["package-ecosystem"] == "docker"]  # fmt: skip
    assert docker[0]["directory"] == "/Dockerfiles" and docker[0]["groups"], "one change for all Dockerfiles"


class TestRebuild:
    def rebuild(self, world, date="2026-12-02", auto_merge="", **changed):
        run = world.run()
        run.source.folder.rename(run.folder / "gitops-checkout")
        variables = {"GH_TOKEN": world.environment["GH_TOKEN"], "AUTO_MERGE": auto_merge}
        step = step_named("rebuild", "propose", "Propose")
        date_program = world.registry.bin / "date"
        date_program.write_text(f"#!/bin/sh\necho {date}\n")
        date_program.chmod(0o755)
        return run_step(step, run.folder / "step", run.folder, variables, world.environment | changed)

    def test_an_idle_service_is_built_anew(self, world):
        world.ci()
        world.github.merge(world.gitops_name, 1), world.github.merge(world.gitops_name, 2)
        world.ci()
        assert not world.proposals, "nothing to do"
        assert self.rebuild(world).returncode == 0
        (pull,) = world.proposals
        assert pull["title"] == "Build the images anew (2026-12-02)" and pull["head"]["ref"] == "rebuild"
        assert world.changed_lines("main", "rebuild") == ["-2026-11-01", "+2026-12-02"]
        merged = world.github.merge(world.source_name, pull["number"])
        world.ci()
        assert world.proposed("api") == world.proposed("worker") == merged

    def test_again(self, world):
        """A month later the same pull request is of the new day; on the same day nothing is left to do."""
        assert self.rebuild(world, "2026-12-02").returncode == 0
        assert self.rebuild(world, "2027-01-02").returncode == 0
        (pull,) = world.proposals
        assert pull["title"] == "Build the images anew (2027-01-02)"
        world.github.merge(world.source_name, pull["number"])
        done = self.rebuild(world, "2027-01-02")
        assert done.returncode == 0 and not world.proposals, done.log

    def test_it_merges_itself_where_deployments_do(self, world):
        assert self.rebuild(world, auto_merge="true").returncode == 0
        assert world.proposals[0]["auto_merge"] is True

    def test_wrong_input(self, run):
        assert run.script("rebuild", "--date", "today").returncode == 2


def test_the_tag_comes_last(world, run):
    revision = world.people.head
    digest = outputs(build(run, revision))["digest"]
    assert not world.registry.tags
    assert publish(run, revision, digest).returncode == 0
    assert world.registry.tags == {f"{REPOSITORY}:sha-{revision}": digest}


def test_what_exists_is_not_built(world, run):
    revision = world.people.head
    world.registry.put_tag(f"{REPOSITORY}:sha-{revision}")
    assert outputs(build(run, revision)) == {"published": "true"}
    assert not world.registry.builds
    assert publish(run, revision, DIGEST).returncode == 0, "publishing again is no fault"


def test_a_release_asks_no_registry(world, run):
    """That of a first release does not know the repository, and may say so in words of its own."""
    world.registry.refuse("inspect", "denied: requested access to the resource is denied")
    revision = world.people.head
    done = run.script(
        "build-image", "--anew", "--service", "api", "--revision", revision, "--repository", "ghcr.io/acme/shrinkr-api"
    )
    assert outputs(done)["published"] == "false" and len(world.registry.builds) == 1


def test_two_runs_build_the_same(world):
    """Both find nothing, both build; one is first with the tag, and the other one is content."""
    first, second = world.run(), world.run()
    revision = world.people.head
    digests = [outputs(build(run, revision))["digest"] for run in (first, second)]
    for run, digest in zip((first, second), digests):
        assert publish(run, revision, digest).returncode == 0
    assert world.registry.tags == {f"{REPOSITORY}:sha-{revision}": digests[0]}


def test_another_run_is_faster_by_a_hair(world, run):
    revision = world.people.head
    digest = outputs(build(run, revision))["digest"]
    world.registry.overtake(f"{REPOSITORY}:sha-{revision}")
    done = publish(run, revision, digest)
    assert done.returncode == 0 and "another run published" in done.stderr, done.stderr


@pytest.mark.parametrize(
    "answer",
    [
        "failed to authorize: failed to fetch oauth token: 401 Unauthorized",
        "unexpected status from HEAD request: 403 Forbidden",
        "failed to do request: dial tcp: i/o timeout",
    ],
)
def test_a_registry_that_does_not_say_is_no_reason_to_build(world, run, answer):
    world.registry.refuse("inspect", answer)
    done = build(run, world.people.head)
    assert done.returncode == 1 and answer in done.stderr and not done.stdout
    assert not world.registry.builds
    assert publish(run, world.people.head, DIGEST).returncode == 1


def test_a_build_that_fails(world, run):
    world.registry.refuse("build", "exit code 1: swift build")
    done = build(run, world.people.head)
    assert done.returncode == 1 and not done.stdout and not world.registry.tags


def test_what_cannot_be_published(world, run):
    done = publish(run, world.people.head, DIGEST)
    assert done.returncode == 1 and "could not be tagged" in done.stderr


def test_wrong_input(world, run):
    revision = world.people.head
    for done, code, word in [
        (build(run, "main"), 2, "main"),
        (build(run, revision[:12]), 2, revision[:12]),
        (build(run, revision, "../api"), 2, "../api"),
        (build(run, revision, "nothing"), 1, "nothing.Dockerfile"),
        (build(run, "1" * 40), 1, "1" * 40),
        (publish(run, revision, "latest"), 2, "--digest"),
        (run.script("build-image", "--service", "api"), 2, "--revision"),
    ]:
        assert done.returncode == code and word in done.stderr, (done.returncode, done.stderr)
        assert not done.stdout
    assert not world.registry.builds
