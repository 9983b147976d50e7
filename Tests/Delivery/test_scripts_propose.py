"""One open pull request per environment and service: opened, updated, closed, never moved back, whoever runs at once."""

import json
import subprocess
from concurrent.futures import ThreadPoolExecutor

import pytest

from support.github import Refusal
from support.world import REGISTRY, deployment_path, deployment_text


# Where the deployment files are makes no difference to these.
IN_ONE_REPOSITORY = pytest.mark.parametrize("world", ["one repository"], indirect=True)


@pytest.fixture
def commits(world):
    """Three commits that change the API, oldest first."""
    return [world.push({"Sources/API/main.swift": f"// {number}\n"}, f"Version {number}") for number in range(3)]


def propose(world, service, revision, *arguments, **options):
    """A run of CI at that revision proposes it."""
    run = world.run(revision)
    done = run.propose(service, revision, *arguments, **options)
    assert done.returncode == 0, done.stderr
    return done.stderr


def only_proposal(world):
    assert len(world.proposals) == 1, world.proposals
    return world.proposals[0]


def test_one_line_is_proposed(world, commits):
    first = world.people.git("rev-parse", f"{commits[0]}^")
    world.deploy_directly("api", first)
    propose(world, "api", commits[2])
    assert world.changed_lines("main", "deploy/devstg/api") == [
        f'-  ImageUri: "{REGISTRY}/api:sha-{first}"', f'+  ImageUri: "{REGISTRY}/api:sha-{commits[2]}"',
    ]  # fmt: skip
    pull = only_proposal(world)
    assert pull["title"] == f"Deploy api {commits[2][:12]} to devstg"
    assert (pull["head"]["ref"], pull["base"]["ref"]) == ("deploy/devstg/api", "main")
    assert f"sha-{first}" in pull["body"] and f"sha-{commits[2]}" in pull["body"]
    assert all(f"Version {number}" in pull["body"] for number in range(3))


@IN_ONE_REPOSITORY
def test_the_commit_is_of_ci(world, commits):
    """A runner has no identity of its own, and nothing here lends it one."""
    assert not [name for name in world.environment if name.startswith(("GIT_AUTHOR", "GIT_COMMITTER", "EMAIL"))]
    propose(world, "api", commits[0])
    branch = f"origin/{only_proposal(world)['head']['ref']}"
    world.operators.git("fetch", "--quiet", "origin")
    names = world.operators.git("log", "-1", "--format=%an <%ae>%n%cn <%ce>", branch).splitlines()
    assert names == ["github-actions[bot] <41898282+github-actions[bot]@users.noreply.github.com>"] * 2


@IN_ONE_REPOSITORY
def test_a_person_s_own_identity_is_not_used(world, commits):
    propose(world, "api", commits[0], GIT_AUTHOR_NAME="Somebody", GIT_COMMITTER_EMAIL="somebody@example.com")
    world.operators.git("fetch", "--quiet", "origin")
    assert "omebody" not in world.operators.git("log", "-1", "--format=fuller", "origin/deploy/devstg/api")


@IN_ONE_REPOSITORY
def test_doing_it_again_changes_nothing(world, commits):
    propose(world, "api", commits[0])
    branch = world.github.commit(world.gitops_name, "deploy/devstg/api")
    propose(world, "api", commits[0])
    assert world.github.commit(world.gitops_name, "deploy/devstg/api") == branch
    assert only_proposal(world)["number"] == 1


def test_a_newer_image_takes_the_place_of_an_older_one(world, commits):
    propose(world, "api", commits[0])
    propose(world, "api", commits[1])
    pull = only_proposal(world)
    assert pull["number"] == 1 and commits[1][:12] in pull["title"]
    assert world.proposed("api") == commits[1]


def test_a_proposal_never_moves_back(world, commits):
    propose(world, "api", commits[1])
    assert "older than the proposed" in propose(world, "api", commits[0])
    assert world.proposed("api") == commits[1] and commits[1][:12] in only_proposal(world)["title"]


def test_never_older_than_what_is_deployed(world, commits):
    world.deploy_directly("api", commits[1])
    assert "is older" in propose(world, "api", commits[0])
    assert not world.proposals and not world.proposed("api")


def test_never_older_than_what_was_deployed_since_the_checkout(world, commits):
    """The run's checkouts are older than the deployment, and than the commit that was deployed."""
    run = world.run(commits[0])
    newer = world.push({"Sources/API/main.swift": "// newest\n"})
    world.deploy_directly("api", newer)
    done = run.propose("api", commits[0])
    assert done.returncode == 0 and "is older" in done.stderr, done.stderr
    assert not world.proposals


@IN_ONE_REPOSITORY
def test_services_do_not_disturb_each_other(world, commits):
    propose(world, "api", commits[0])
    propose(world, "worker", commits[0])
    assert len(world.proposals) == 2
    world.github.merge(world.gitops_name, 1)
    assert world.revision("api") == commits[0] == world.proposed("worker")
    world.github.merge(world.gitops_name, 2)
    assert world.revision("worker") == commits[0]


def test_a_proposal_that_main_has_caught_up_with_is_closed(world, commits):
    propose(world, "api", commits[0])
    world.deploy_directly("api", commits[1])
    world.run().propose_all()
    assert not world.proposals and not world.proposed("api")
    assert world.github.comments == [
        (1, f"Nothing is left to deploy here: on `main`, {commits[0]} is older."),
    ]  # fmt: skip


@IN_ONE_REPOSITORY
def test_a_proposal_is_left_open_while_it_is_wanted(world, commits):
    propose(world, "api", commits[0])
    world.run().propose_all()
    assert only_proposal(world)["state"] == "open" and world.proposed("api") == commits[0]


def test_what_a_person_refuses_is_not_proposed_again(world, commits):
    propose(world, "api", commits[0])
    world.github.set_state(world.gitops_name, 1, "closed")
    assert "is refused" in propose(world, "api", commits[0])
    assert not world.proposals
    # The next commit is another matter,
    propose(world, "api", commits[1])
    assert only_proposal(world)["number"] == 2
    # and minds can be changed.
    world.github.set_state(world.gitops_name, 2, "closed")
    world.github.set_state(world.gitops_name, 1, "open")
    propose(world, "api", commits[2])
    assert only_proposal(world)["number"] == 1 and world.proposed("api") == commits[2]


@IN_ONE_REPOSITORY
def test_what_else_changes_on_main_is_kept(world, commits):
    """Somebody changes a parameter while a proposal is open: the proposal is made anew on top of it."""
    propose(world, "api", commits[0])
    world.change_deployment({deployment_path("api"): deployment_text("api", "devstg", tasks="7")})
    propose(world, "api", commits[0])
    assert len(world.changed_lines("main", "deploy/devstg/api")) == 2
    world.github.merge(world.gitops_name, only_proposal(world)["number"])
    text = world.text_at("main", deployment_path("api"))
    assert text == deployment_text("api", "devstg", commits[0], tasks="7"), "comments and all"


@IN_ONE_REPOSITORY
def test_a_branch_that_somebody_spoiled_is_made_anew(world, commits):
    propose(world, "api", commits[0])
    world.change_deployment({deployment_path("api"): "nonsense\n"}, "deploy/devstg/api")
    propose(world, "api", commits[0])
    assert world.proposed("api") == commits[0] and len(world.changed_lines("main", "deploy/devstg/api")) == 2


def test_no_working_directory_is_touched(world, commits):
    run = world.run(commits[0])
    run.gitops.write({deployment_path("api"): "unsaved work\n", "new.txt": "more of it\n"})
    run.gitops.git("add", "new.txt")
    before = run.gitops.git("status", "--porcelain"), run.gitops.head, run.source.git("status", "--porcelain")
    assert run.propose("api", commits[0]).returncode == 0
    assert before == (run.gitops.git("status", "--porcelain"), run.gitops.head, run.source.git("status", "--porcelain"))
    assert world.proposed("api") == commits[0]


def test_what_commits_say_is_only_quoted(one_repository):
    world = one_repository
    world.deploy_directly("api", world.people.head)
    nasty = "Closes #1 for @everyone ``` <img src=x> $(reboot) `reboot`"
    revision = world.push({"Sources/API/main.swift": "// nasty\n"}, nasty)
    propose(world, "api", revision)
    lines = [line for line in only_proposal(world)["body"].splitlines() if "@everyone" in line]
    assert len(lines) == 1 and lines[0].startswith("    ") and lines[0].endswith(nasty)


class TestAtTheSameTime:
    """Runs that know nothing of each other."""

    def test_runs_of_several_commits(self, world):
        """Whatever the order, the newest commit is what is proposed in the end, once, under its own name."""
        commits = [world.push({"Sources/API/main.swift": f"// {number}\n"}) for number in range(5)]
        runs = [(world.run(commit), commit) for commit in commits]
        with ThreadPoolExecutor(len(runs)) as pool:
            results = list(pool.map(lambda pair: pair[0].propose("api", pair[1]), runs))
        assert all(done.returncode == 0 for done in results), [done.stderr for done in results]
        assert world.proposed("api") == commits[-1]
        assert commits[-1][:12] in only_proposal(world)["title"]

    @IN_ONE_REPOSITORY
    def test_a_newer_run_pushes_first(self, world, commits, tmp_path):
        """Between look and push of one run comes all of another one: the lease on the branch breaks."""
        older, newer = world.run(commits[0]), world.run(commits[1])
        other = before_push(older, tmp_path, lambda: newer.propose("api", commits[1]))
        done = older.propose("api", commits[0])
        assert other.result().returncode == 0
        assert done.returncode == 0 and "older than the proposed" in done.stderr, done.stderr
        assert world.proposed("api") == commits[1] and commits[1][:12] in only_proposal(world)["title"]

    @IN_ONE_REPOSITORY
    def test_an_older_run_pushes_first(self, world, commits, tmp_path):
        older, newer = world.run(commits[0]), world.run(commits[1])
        other = before_push(newer, tmp_path, lambda: older.propose("api", commits[0]))
        assert newer.propose("api", commits[1]).returncode == 0 == other.result().returncode
        assert world.proposed("api") == commits[1] and commits[1][:12] in only_proposal(world)["title"]

    @IN_ONE_REPOSITORY
    def test_a_newer_run_comes_between_push_and_pull_request(self, world, commits):
        newer = world.run(commits[1])
        done = []
        world.github.before["GET", "pulls"] = lambda: world.github.before.update(
            {("POST", "pulls"): lambda: done.append(newer.propose("api", commits[1]))}
        )
        older = world.run(commits[0]).propose("api", commits[0])
        assert older.returncode == 0 and done[0].returncode == 0, older.stderr + done[0].stderr
        assert world.proposed("api") == commits[1] and commits[1][:12] in only_proposal(world)["title"]

    @IN_ONE_REPOSITORY
    def test_somebody_opens_the_same_pull_request_first(self, world, commits):
        run = world.run(commits[0])
        fields = {"head": "deploy/devstg/api", "base": "main", "title": "By hand", "body": ""}
        world.github.before["POST", "pulls"] = lambda: world.github.answer(
            "POST", f"/repos/{world.gitops_name}/pulls", {}, fields
        )
        assert run.propose("api", commits[0]).returncode == 0
        assert commits[0][:12] in only_proposal(world)["title"]

    @IN_ONE_REPOSITORY
    def test_it_is_merged_meanwhile(self, world, commits, tmp_path):
        propose(world, "api", commits[0])
        run = world.run(commits[1])
        other = before_push(run, tmp_path, lambda: world.github.merge(world.gitops_name, 1))
        assert run.propose("api", commits[1]).returncode == 0 and other.result()
        assert world.revision("api") == commits[0]
        assert world.proposed("api") == commits[1] and only_proposal(world)["number"] == 2


def before_push(run, folder, action):
    """Calls `action` once, right before the run's first push, which waits for it; hands its result out as a future."""
    ready, go = folder / "ready", folder / "go"
    hook = run.gitops.folder / ".git" / "hooks" / "pre-push"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text(f"#!/bin/sh\n[ -e {ready} ] && exit 0\ntouch {ready}\nwhile [ ! -e {go} ]; do sleep 0.1; done\n")
    hook.chmod(0o755)
    waiting = subprocess.Popen(["sh", "-c", f"while [ ! -e {ready} ]; do sleep 0.1; done"])

    def act():
        waiting.wait(timeout=120)
        try:
            return action()
        finally:
            go.touch()

    return ThreadPoolExecutor(1).submit(act)


@IN_ONE_REPOSITORY
class TestFaults:
    """The first error ends it, nothing is left by halves, and another run does the rest."""

    def test_github_is_down_after_the_push(self, world, commits):
        def break_down():
            world.github.broken = 502
            raise Refusal(502, "Unicorn!")

        world.github.before["POST", "pulls"] = break_down
        done = world.run(commits[0]).propose("api", commits[0])
        assert done.returncode == 1, done.stderr
        branch = world.github.commit(world.gitops_name, "deploy/devstg/api")
        assert branch and not world.proposals
        world.github.broken = None
        propose(world, "api", commits[0])
        assert world.github.commit(world.gitops_name, "deploy/devstg/api") == branch
        assert only_proposal(world)["number"] == 1

    def test_without_a_token(self, world, commits):
        """The run of a fork has none."""
        done = world.run(commits[0]).propose("api", commits[0], GH_TOKEN="", GH_ENTERPRISE_TOKEN="")
        assert done.returncode != 0 and not world.proposed("api")

    def test_a_wrong_token(self, world, commits):
        done = world.run(commits[0]).propose("api", commits[0], GH_TOKEN="wrong", GH_ENTERPRISE_TOKEN="wrong")
        assert done.returncode == 1 and "Bad credentials" in done.stderr
        assert not world.proposed("api")

    def test_actions_may_not_open_pull_requests(self, world, commits):
        """As in every new repository, where there is no App: the setting is named."""
        world.github.refuse_pulls = "GitHub Actions is not permitted to create or approve pull requests."
        done = world.run().propose("api", commits[0])
        assert done.returncode == 1 and "Settings → Actions → General" in done.stderr, done.stderr
        world.github.refuse_pulls = None
        assert propose(world, "api", commits[0]) and only_proposal(world), "the next run makes up for it"

    def test_the_remote_refuses(self, world, commits):
        hook = world.remote(world.gitops_name) / "hooks" / "pre-receive"
        hook.parent.mkdir(exist_ok=True)
        hook.write_text("#!/bin/sh\necho 'not on a Sunday' >&2\nexit 1\n")
        hook.chmod(0o755)
        done = world.run(commits[0]).propose("api", commits[0])
        assert done.returncode == 1 and "not on a Sunday" in done.stderr and not world.proposals

    def test_a_program_that_fails_or_does_too_much(self, world, commits, tmp_path):
        program = tmp_path / "program"
        for text in ("exit 2", 'echo "  # more" >>"$3"', "exit 0"):
            program.write_text(f"#!/bin/sh\n{text}\n")
            program.chmod(0o755)
            done = world.run(commits[0]).propose("api", commits[0], SHRINKR_DEPLOY=str(program))
            if text == "exit 0":
                assert done.returncode == 1 and "ImageUri" in done.stderr
            assert done.returncode != 0 and not world.proposed("api") and not world.proposals, text

    def test_a_commit_that_is_not_here(self, world):
        done = world.run().propose("api", "1" * 40)
        assert done.returncode == 1 and "1" * 40 in done.stderr
        assert not world.proposals and not world.proposed("api")

    def test_a_branch_that_is_not_there(self, world, commits):
        done = world.run(commits[0]).propose("api", commits[0], "--base", "nowhere")
        assert done.returncode == 1 and "nowhere" in done.stderr

    def test_wrong_command_lines(self, world):
        run, revision = world.run(), world.people.head
        for arguments, word in [
            (["--image-uri", f"{REGISTRY}/api:latest"], "latest"),
            (["--image-uri", f"{REGISTRY}/api@sha256:{'0' * 64}"], "sha256"),
            (["--image-uri", f"{REGISTRY}/api:sha-{revision[:12]}"], revision[:12]),
            (["--service", "../api"], "../api"),
            (["--environment", "prod", "--auto-merge"], "prod"),
            (["--yes"], "--yes"),
        ]:
            done = run.propose("api", revision, *arguments)
            assert done.returncode == 2 and word in done.stderr, done.stderr
        assert not world.proposed("api") and not world.github.requests


@IN_ONE_REPOSITORY
class TestAutoMerge:
    def test_it_waits_for_the_checks(self, world, commits):
        propose(world, "api", commits[0], "--auto-merge")
        assert only_proposal(world)["auto_merge"] and world.revision("api") != commits[0]

    def test_it_merges_what_needs_no_checks(self, world, commits):
        world.github.auto_merge = "Pull request Pull request is in clean status"
        propose(world, "api", commits[0], "--auto-merge")
        assert not world.proposals and world.revision("api") == commits[0]

    def test_it_says_what_is_missing(self, world, commits):
        world.github.auto_merge = "Auto merge is not allowed for this repository"
        done = world.run(commits[0]).propose("api", commits[0], "--auto-merge")
        assert done.returncode == 1 and "Auto merge is not allowed" in done.stderr
        assert only_proposal(world), "it can be merged by hand"

    def test_it_is_a_setting_of_the_workflow(self, world):
        world.ci(auto_merge="true")
        assert [pull.get("auto_merge") for pull in world.proposals] == [True, True]


def test_a_service_that_fails_does_not_stop_the_others(one_repository):
    world = one_repository
    world.change_deployment({deployment_path("api"): "nonsense\n"})
    run = world.run()
    images = [{"service": s, "revision": world.people.head, "repository": f"{REGISTRY}/{s}"} for s in ("api", "worker")]
    run.images = json.dumps(images)
    result = run.propose_all(check=False)
    assert result.returncode == 1 and "api.deployment.yml" in result.log
    assert [pull["head"]["ref"] for pull in world.proposals] == ["deploy/devstg/worker"]
