"""Which services need an image: the rule on real histories, and what a run of CI then builds and proposes."""

import json

import pytest

from support.world import REGISTRY, SERVICES, ZEROS, deployment_path, deployment_text


def planned(run):
    """The plan as {service: revision}."""
    entries = json.loads(run.plan().images)
    for entry in entries:
        assert entry["repository"] == f"{REGISTRY}/{entry['service']}"
    return {entry["service"]: entry["revision"] for entry in entries}


def merge_all(world):
    for pull in world.proposals:
        world.github.merge(world.gitops_name, pull["number"])


def test_the_first_commit_is_built_and_deployed(world):
    first = world.people.head
    run = world.run()
    assert planned(run) == {"api": first, "worker": first}
    run.build().propose_all()
    assert set(world.registry.tags) == {f"{REGISTRY}/{service}:sha-{first}" for service in SERVICES}
    assert [world.proposed(service) for service in SERVICES] == [first, first]
    assert len(world.proposals) == 2
    merge_all(world)
    assert [world.revision(service) for service in SERVICES] == [first, first]


def test_a_deployment_asks_for_nothing(world):
    world.ci()
    merge_all(world)
    builds = len(world.registry.builds)
    world.ci()
    assert planned(world.run()) == {}
    assert len(world.registry.builds) == builds and not world.proposals


def test_what_changed_decides(one_repository):
    world = one_repository
    world.deploy_directly("api", world.people.head)
    world.deploy_directly("worker", world.people.head)
    for files, services in [
        ({"README.md": "More\n"}, []),
        ({"Tests/CoreTests.swift": "// more tests\n"}, []),
        ({"Sources/API/main.swift": "// new\n"}, ["api"]),
        ({"Sources/API/Extra.swift": "// new\n"}, ["api"]),
        ({"Sources/API/Extra.swift": None}, ["api"]),
        ({"Sources/APIMore/main.swift": "// another target\n"}, []),
        ({"Sources/Worker/main.swift": "// new\n", "README.md": "Still more\n"}, ["worker"]),
        ({"Dockerfiles/worker.Dockerfile": "FROM busybox\n"}, ["worker"]),
        ({"Sources/Core/Core.swift": "// shared\n// code\n"}, ["api", "worker"]),
        ({"Package.swift": "// more\n"}, ["api", "worker"]),
    ]:
        commit = world.push(files)
        assert planned(world.run()) == dict.fromkeys(services, commit), files
        for service in services:
            world.deploy_directly(service, commit)


def test_a_lost_build_is_made_up_for(world):
    """The run of a commit failed or never was; the next one, of whatever commit, does its work."""
    world.ci()
    merge_all(world)
    lost = world.push({"Sources/API/main.swift": "// lost\n"})
    world.push({"README.md": "More\n"})
    world.ci()
    assert f"{REGISTRY}/api:sha-{lost}" in world.registry.tags
    assert world.registry.builds[-1]["files"]["README.md"] == "What it is\n", "built is the commit, not what came after"
    assert world.proposed("api") == lost and not world.proposed("worker")


def test_a_build_that_fails_on_the_way_is_made_up_for(one_repository):
    """The image is there, the proposal is not; and before, pushed but without its tag."""
    world = one_repository
    first = world.people.head
    run = world.run().plan()
    world.registry.refuse("create", "the registry is ill")
    with pytest.raises(AssertionError, match="could not be tagged"):
        run.build()
    assert not world.registry.tags
    world.registry.refuse("create", None)
    world.run().plan().build()
    builds = len(world.registry.builds)
    assert not world.proposals
    world.ci()
    assert len(world.registry.builds) == builds, "an image that exists is not built again"
    assert world.proposed("api") == first


def test_a_revert_is_respected(world):
    """What was taken back is not proposed again, until there is something newer."""
    first = world.people.head
    world.ci()
    merge_all(world)
    bad = world.push({"Sources/Core/Core.swift": "// bad\n"})
    world.ci()
    deployments = [world.github.merge(world.gitops_name, pull["number"]) for pull in world.proposals]
    assert world.revision("api") == world.revision("worker") == bad
    for deployment in reversed(deployments):
        world.revert(deployment)
    assert world.revision("api") == world.revision("worker") == first
    world.push({"README.md": "More\n"})
    world.ci()
    assert not world.proposals and planned(world.run()) == {}
    good = world.push({"Sources/Core/Core.swift": "// good\n"})
    world.ci()
    assert world.proposed("api") == world.proposed("worker") == good


def test_a_merge_can_take_a_deployment_back_too(world):
    """The merge leaves the file as one side has it; Git's short history then forgets the other side."""
    revision = world.people.head
    world.deploy_directly("worker", revision)
    before = world.operators.head
    world.deploy_directly("api", revision)
    operators = world.operators
    operators.git("checkout", "--quiet", "-B", "without", before)
    operators.git("merge", "--quiet", "--strategy", "ours", "-m", "Not now", "origin/main")
    operators.git("push", "--quiet", "origin", "without:main")
    assert world.revision("api") == ZEROS and planned(world.run()) == {}


def test_a_run_of_an_older_commit_asks_for_nothing(one_repository):
    """Somebody runs an old run again after newer commits were deployed."""
    world = one_repository
    old = world.push({"Sources/API/main.swift": "// old\n"})
    world.push({"Sources/API/main.swift": "// new\n"})
    world.ci()
    merge_all(world)
    run = world.run(old)
    assert planned(run) == {}
    run.build().propose_all()
    assert not world.proposals


def test_a_merged_branch_counts_as_its_merge(one_repository):
    """Tested was the merge; the commits of the branch never were the tip of main."""
    world = one_repository
    world.ci()
    merge_all(world)
    people = world.people
    people.git("fetch", "--quiet", "origin")
    people.git("checkout", "--quiet", "-B", "feature", "origin/main")
    people.commit({"Sources/API/main.swift": "// feature\n"})
    world.push({"Sources/Worker/main.swift": "// meanwhile\n"})
    people.git("merge", "--quiet", "--no-ff", "-m", "Merge feature", "feature")
    people.git("push", "--quiet", "origin", "main")
    merge = people.head
    assert planned(world.run()) == {"api": merge, "worker": people.git("rev-parse", "HEAD^1")}


def test_each_environment_has_files_of_its_own(one_repository):
    world = one_repository
    world.ci()
    merge_all(world)
    run = world.run()
    done = run.script("plan-images", "--gitops-dir", "gitops-checkout", "--environment", "prod")
    assert {entry["service"] for entry in json.loads(done.stdout)} == {"api", "worker"}


def assert_refused(done, code, *words):
    assert done.returncode == code, (done.returncode, done.stdout, done.stderr)
    assert not done.stdout and all(word in done.stderr for word in words), done.stderr


@pytest.mark.parametrize(
    "text",
    [
        "template-file-path: x\n",
        deployment_text("api", "devstg") + deployment_text("api", "devstg"),
        f"  ImageUri: {REGISTRY}/api:sha-{ZEROS}\n",
        f'ImageUri: "{REGISTRY}/api:sha-{ZEROS}"\n',
        '  ImageUri: "$(reboot):latest"\n',
    ],
)
def test_a_file_without_one_image_is_named(one_repository, text):
    world = one_repository
    world.change_deployment({deployment_path("api"): text})
    done = world.run().script("plan-images", "--gitops-dir", "gitops-checkout")
    assert_refused(done, 1, deployment_path("api"), "one line ImageUri")


def test_what_is_missing_is_named(one_repository):
    world = one_repository
    run = world.run()
    plan = ("plan-images", "--gitops-dir", "gitops-checkout")
    assert_refused(run.script(*plan, "--environment", "nowhere"), 1, "gitops/environments/nowhere/api.deployment.yml")
    assert_refused(run.script("plan-images", "--gitops-dir", "/nonexistent"), 1, "not a Git repository")
    run.source.write({"Dockerfiles/api.inputs": "# nothing\n\n"})
    assert_refused(run.script(*plan), 1, "does not say what api is made of")
    run.source.write({"Dockerfiles/api.inputs": "Sources/Nothing\n"})
    assert_refused(run.script(*plan), 1, "no commit here touches")
    run.source.write({"Dockerfiles/api.inputs": None, "Dockerfiles/worker.inputs": None})
    assert_refused(run.script(*plan), 1, "checkout of the sources")


def test_half_a_history_is_refused(one_repository):
    world = one_repository
    run = world.run()
    run.source.git("fetch", "--quiet", "--depth", "1", "origin", "main")
    run.source.git("checkout", "--quiet", "FETCH_HEAD")
    assert_refused(run.script("plan-images", "--gitops-dir", "gitops-checkout"), 1, "only a part of its history")


def test_a_wrong_command_line(one_repository):
    run = one_repository.run()
    for arguments in (
        ["--environment"], ["--environment", ""], ["--environment", "../x"], ["--environment", "A b"], ["--force"],
        ["main"],
    ):  # fmt: skip
        assert_refused(run.script("plan-images", *arguments), 2, "--help")
