"""What a change is about, and the labels that say so."""

import pytest


EVERYTHING = ["code=true", "deployments=true", "templates=true", "prod=true"]


@pytest.fixture
def world(one_repository):
    return one_repository


def classify(run, *arguments):
    done = run.script("classify-changes", *arguments)
    assert done.returncode == 0, done.stderr
    return [line for line in done.stdout.split() if line.endswith("=true")]


def test_what_changed_decides(world):
    for files, said in [
        ({"README.md": "More\n"}, []),
        ({"Grüße an alle.md": "Grüße\n"}, []),
        ({"gitops/README.md": "About\n", "LICENSE": "free\n"}, []),
        ({"gitops/environments/devstg/api.deployment.yml": "devstg\n"}, ["deployments=true"]),
        ({"gitops/environments/prod/api.deployment.yml": "prod\n"}, ["deployments=true", "prod=true"]),
        ({"gitops/templates/api.yml": "template\n"}, ["code=true", "deployments=true", "templates=true"]),
        ({"gitops/templates/api.yml": None}, ["code=true", "deployments=true", "templates=true"]),
        ({"gitops/scripts/propose.sh": "script\n"}, ["code=true"]),
        ({"Sources/API/README.md": "read me\n", "Sources/API/main.swift": "// new\n"}, ["code=true"]),
        ({"Sources/API/Grüße 1.swift": "// new\n"}, ["code=true"]),
        ({".github/workflows/ci.yml": "on: push\n"}, ["code=true"]),
        ({"README.md": "All\n", "gitops/templates/x.yml": "x\n", "gitops/environments/prod/x.yml": "x\n"},
         EVERYTHING),
    ]:  # fmt: skip
        world.push(files)
        assert classify(world.run(), "--since", "HEAD^") == said, files


def test_a_file_that_moves_counts_at_both_ends(world):
    world.people.git("mv", "Sources/API/main.swift", "API.md")
    world.people.git("mv", "gitops/templates/api.yml", "notes.md")
    world.push()
    assert classify(world.run(), "--since", "HEAD^") == ["code=true", "deployments=true", "templates=true"]


def test_only_what_the_branch_did_counts(world):
    """Main went on meanwhile."""
    people = world.people
    people.git("checkout", "--quiet", "-b", "feature")
    feature = people.commit({"README.md": "feature\n"})
    people.git("push", "--quiet", "origin", "feature")
    main = world.push({"Sources/API/main.swift": "// meanwhile\n"})
    assert classify(world.run(feature), "--since", main) == []
    assert classify(world.run(), "--since", feature) == ["code=true"]


@pytest.mark.parametrize("since", ["0" * 40, "1" * 40, "nonsense"])
def test_what_cannot_be_compared_counts_as_everything(world, since):
    """A new branch, a forced push."""
    assert classify(world.run(), "--since", since) == EVERYTHING


def test_the_step_of_the_workflow(world):
    world.push({"README.md": "More\n"})
    outputs = world.run().step("ci", "changes", "Classify", SINCE="HEAD^1").outputs
    assert outputs == {"code": "false", "deployments": "false", "templates": "false", "prod": "false"}


def test_labels_come_and_go(world):
    world.run().propose("api", world.people.head)
    (pull,) = world.proposals

    def label(templates, prod):
        world.run().step(
            "ci", "label", "Label", GH_TOKEN=world.environment["GH_TOKEN"], NUMBER=str(pull["number"]),
            TEMPLATES=templates, PROD=prod,
        )  # fmt: skip
        return sorted(entry["name"] for entry in pull["labels"])

    assert label("false", "false") == []
    assert label("true", "false") == ["changes-templates"]
    assert label("true", "false") == ["changes-templates"]
    assert label("true", "true") == ["changes-prod", "changes-templates"]
    pull["labels"].append({"name": "of a person"})
    assert label("false", "true") == ["changes-prod", "of a person"]
    assert label("false", "false") == ["of a person"]
