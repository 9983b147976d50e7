"""From devstg to prod: the image alone, or all of gitops/ with it, and always a pull request that people merge."""

import pytest

from support.world import REGISTRY, deployment_path, deployment_text


@pytest.fixture
def commits(world):
    """Two commits of both services; devstg runs the second one, prod the first."""
    commits = [world.push({"Sources/Core/Core.swift": f"// {number}\n"}) for number in range(2)]
    for service in ("api", "worker"):
        world.deploy_directly(service, commits[1])
        world.deploy_directly(service, commits[0], "prod", "production")
    return commits


def promote(world, service="api", with_templates="false", check=True):
    """The step of promote.yml."""
    environment = world.environment
    return world.run().step(
        "promote", "propose", "Promote", check=check, SERVICE=service, WITH_TEMPLATES=with_templates,
        PROD_BRANCH="production", GH_TOKEN=environment["GH_TOKEN"], SHRINKR_DEPLOY=environment["SHRINKR_DEPLOY"],
    )  # fmt: skip


def test_the_image_alone(world, commits):
    world.change_deployment({"gitops/templates/api.yml": "# not promoted\n"})
    result = promote(world)
    (pull,) = world.proposals
    assert (pull["base"]["ref"], pull["head"]["ref"]) == ("production", "deploy/prod/api")
    assert pull["title"] == f"Deploy api {commits[1][:12]} to prod" and not pull.get("auto_merge")
    assert f"{world.gitops_name}#1" in result.summary
    assert world.changed_lines("production", "deploy/prod/api") == [
        f'-  ImageUri: "{REGISTRY}/api:sha-{commits[0]}"', f'+  ImageUri: "{REGISTRY}/api:sha-{commits[1]}"',
    ]  # fmt: skip
    assert world.revision("api", "prod", "production") == commits[0], "a person merges"


def test_with_templates(world, commits):
    """All of gitops/ comes along as main has it, but for the other services' images."""
    world.change_deployment(
        {
            "gitops/templates/infra.yml": "# changed\n",
            "gitops/templates/new.yml": "# new\n",
            "gitops/templates/worker.yml": None,
            deployment_path("worker", "prod"): deployment_text("worker", "prod", tasks="9"),
        }
    )
    promote(world, with_templates="true")
    world.github.merge(world.gitops_name, 1)
    assert world.text_at("production", "gitops/templates/infra.yml") == "# changed\n"
    assert world.text_at("production", "gitops/templates/new.yml") == "# new\n"
    assert "gitops/templates/worker.yml" not in world.changed_lines("main", "production")
    assert world.text_at("production", deployment_path("api", "prod")) == deployment_text("api", "prod", commits[1])
    worker = deployment_text("worker", "prod", commits[0], tasks="9")
    assert world.text_at("production", deployment_path("worker", "prod")) == worker
    # Nothing is left to promote,
    assert "has all of it" in promote(world, with_templates="true").log and not world.proposals
    # until a template changes again: that needs no new image.
    world.change_deployment({"gitops/templates/infra.yml": "# changed again\n"})
    promote(world, with_templates="true")
    assert world.changed_lines("production", "deploy/prod/api") == ["-# changed", "+# changed again"]


def test_again_after_a_change_of_mind(world, commits):
    """A person asks: neither a proposal that was closed nor a deployment that was taken back stands in the way."""
    promote(world)
    world.github.set_state(world.gitops_name, 1, "closed")
    promote(world)
    assert [pull["number"] for pull in world.proposals] == [2]
    world.revert(world.github.merge(world.gitops_name, 2), "production")
    assert world.revision("api", "prod", "production") == commits[0]
    promote(world)
    assert [pull["number"] for pull in world.proposals] == [3]


def test_prod_keeps_its_registry(world, commits):
    text = deployment_text("api", "prod", commits[0]).replace("123456789012", "999999999999")
    world.change_deployment({deployment_path("api", "prod"): text}, "production")
    promote(world)
    assert world.changed_lines("production", "deploy/prod/api")[1].count("999999999999") == 1
    world.change_deployment({deployment_path("api", "prod"): text.replace("/api:", "/other:")}, "production")
    result = promote(world, check=False)
    assert result.returncode == 1 and "two things" in result.log


def test_what_prod_runs_already(world, commits):
    world.deploy_directly("api", commits[1], "prod", "production")
    assert "is current" in promote(world).log and not world.proposals


def test_an_older_image_is_no_promotion(world, commits):
    world.deploy_directly("api", commits[0])
    world.deploy_directly("api", commits[1], "prod", "production")
    result = promote(world, check=False)
    assert result.returncode == 1 and "revert the pull request" in result.log and not world.proposals


def test_without_the_branch_of_prod(world, commits):
    world.operators.git("push", "--quiet", "origin", ":production")
    result = promote(world, check=False)
    assert result.returncode == 1 and "production" in result.log and not world.proposals


def test_prod_on_the_same_branch(one_repository):
    """A team that wants no second branch names main as prod's too."""
    world = one_repository
    revision = world.push({"Sources/API/main.swift": "// new\n"})
    world.deploy_directly("api", revision)
    for flags in ([], ["--with-templates"]):
        done = world.run().script("promote", "--service", "api", "--to-base", "main", "--gitops-dir", ".", *flags)
        assert done.returncode == 0, done.stderr
        assert len(world.changed_lines("main", "deploy/prod/api")) == 2


def test_a_service_that_is_not_there(world, commits):
    result = promote(world, service="nothing", check=False)
    assert result.returncode == 1 and "nothing.deployment.yml" in result.log
