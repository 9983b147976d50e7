"""A rehearsal of what a team does from its first day on: after each merge the verifier must say the right thing.

One test is one story, in which each step needs those before it. The emulator enforces signatures and policies, and the
verifier has the permissions that the bootstrap gives it.
"""

from support.team import STACKS, deployment_file, template_file

# The emulator's tasks have no digests, and it lists no deployment before the second image: the verifier says so, not that
# all is well.
HIDDEN = {"newest_deployment", "image_digests"}


def assert_in_sync(account, *services):
    verdict = account.verify(*services)
    assert verdict.code == 0, verdict
    for service in set(verdict.checks) - {"infra"}:
        assert {"image_digests"} <= verdict.of(service, "not_checked") <= HIDDEN, verdict


def test_first_day(make_account):
    devstg = make_account("devstg")
    assert devstg.verify("infra").detail("infra", "stack_status") == "there is no stack shrinkr-infra-devstg"
    devstg.make_shells()
    verdict = devstg.verify()
    assert verdict.code == 1 and verdict.result("api", "stack_parameters") == "drift", verdict
    devstg.begin()
    assert_in_sync(devstg)


def test_a_new_image(devstg):
    before = devstg.service("worker")["taskDefinition"]
    devstg.push_image("worker", "b")
    devstg.set_image("worker", "b")
    verdict = devstg.verify("worker")
    assert verdict.code == 1 and "stack_parameters" in verdict.of("worker", "drift"), "merged, but not applied"
    assert devstg.sync() == {"worker": "UPDATE_COMPLETE"}
    assert_in_sync(devstg)
    assert devstg.verify(arguments=["--wait", "1m"]).code == 0
    assert devstg.service("worker")["taskDefinition"] != before
    assert devstg.verify("worker").detail("worker", "newest_deployment") == "SUCCESSFUL"
    # Rolled back by the revert of the pull request.
    devstg.revert()
    assert devstg.verify("worker").code == 1
    assert devstg.sync() == {"worker": "UPDATE_COMPLETE"}
    assert_in_sync(devstg)


def test_an_image_that_was_never_pushed(devstg):
    devstg.set_image("api", "c")
    assert devstg.sync() == {"api": "UPDATE_COMPLETE"}
    verdict = devstg.verify()
    assert verdict.code == 1 and verdict.of("api", "drift") == {"image_digests"}, verdict
    assert verdict.of("worker", "drift") == set()


def test_a_merge_that_changes_nothing(devstg):
    devstg.edit(deployment_file("devstg", "api"), ("parameters:", "# Explained.\nparameters:"))
    assert "didn't contain changes" in devstg.sync()["api"]
    verdict = devstg.verify()
    assert verdict.code == 0 and "nothing to do" in verdict.detail("api", "git_sync"), verdict


def test_templates_change(devstg):
    devstg.edit(template_file("worker"), ("StopTimeout: ", "Interactive: false\n        StopTimeout: "))
    devstg.edit(template_file("infra"), ("MessageRetentionPeriod: 1209600", "MessageRetentionPeriod: 1209000"))
    assert devstg.sync() == {"infra": "UPDATE_COMPLETE", "worker": "UPDATE_COMPLETE"}
    assert_in_sync(devstg)


def test_promotion(team, devstg, make_account):
    """prod has an account and a branch of its own: nothing reaches it that was not promoted."""
    prod = make_account("prod")
    prod.make_shells()
    prod.begin()
    assert_in_sync(prod)
    devstg.push_image("api", "d")
    devstg.set_image("api", "d")
    devstg.edit(template_file("worker"), ("StopTimeout: ", "Interactive: false\n        StopTimeout: "))
    assert devstg.sync() == {"api": "UPDATE_COMPLETE", "worker": "UPDATE_COMPLETE"}
    assert_in_sync(devstg)
    assert prod.sync() == {}
    assert_in_sync(prod)
    prod.push_image("api", "d")
    prod.set_image("api", "d")
    assert prod.verify("api").code == 1
    assert prod.sync() == {"api": "UPDATE_COMPLETE"}
    assert_in_sync(prod)
    assert set(STACKS) == set(prod.verify().checks)
