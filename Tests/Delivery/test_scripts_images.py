"""Images: built of exactly one commit, never twice, and tagged last. The registry is a stand-in, and so is `docker`."""

import pytest

from support.world import REGISTRY

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
        "REVISION": revision, "SOURCE": "https://example.com/acme/shrinkr", "VERSION": "1.2.3", "SOURCE_DATE_EPOCH": "",
    }  # fmt: skip
    assert options["--build-arg"]["SOURCE_DATE_EPOCH"] == world.people.git("show", "-s", "--format=%ct", revision)
    assert options["--provenance"] == "mode=max" and options["--sbom"] == "true"
    assert built["output"]["push-by-digest"] == "true" and built["output"]["name"] == REPOSITORY


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
