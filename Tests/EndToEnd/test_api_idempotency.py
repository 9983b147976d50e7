"""`Idempotency-Key`: a repeated POST is carried out once, and answered the same, even by another process."""

import pytest

from support.client import assert_problem

LINKS = "/api/v1/links"
BODY = {"url": "https://example.com/idempotent"}


def post(client, key, path=LINKS, json=BODY):
    return client.post(path, json=json, headers={"Idempotency-Key": key})


def assert_replayed(first, second):
    assert (second.status, second.body) == (first.status, first.body)
    assert second.headers["Idempotency-Replayed"] == "true"
    for name in ("Location", "ETag", "Content-Type"):
        assert second.headers[name] == first.headers[name]


def test_the_same_request_again(client):
    first = post(client, "again-1")
    assert first.status == 201 and "Idempotency-Replayed" not in first.headers
    for _ in range(2):
        assert_replayed(first, post(client, "again-1"))
    # The answer is the first one, whatever has become of the link.
    code = first.json()["code"]
    client.patch(f"{LINKS}/{code}", json={"title": "changed"})
    assert_replayed(first, post(client, "again-1"))
    client.delete(f"{LINKS}/{code}")
    assert_replayed(first, post(client, "again-1"))
    assert post(client, "again-2").json()["code"] != code


def test_another_body(client):
    assert post(client, "body-1").status == 201
    assert_problem(post(client, "body-1", json=BODY | {"title": "other"}), 422, "idempotency-key-reused")


def test_batch_and_keys(client):
    batch = {"links": [{"url": f"https://example.com/{i}"} for i in range(3)]}
    first = post(client, "batch-1", path=f"{LINKS}/batch", json=batch)
    assert first.status == 200
    assert_replayed(first, post(client, "batch-1", path=f"{LINKS}/batch", json=batch))


def test_a_key_belongs_to_a_path(client):
    """The same key on another operation is another request."""
    assert post(client, "path-1").status == 201
    assert post(client, "path-1", path=f"{LINKS}/batch", json={"links": [BODY]}).status == 200


def test_a_refused_request_may_be_corrected(client):
    """What changed nothing does not bind the key."""
    client.create(code="idem-taken")
    assert post(client, "correct-1", json={"url": "nonsense"}).status == 422
    assert post(client, "correct-1", json=BODY | {"code": "idem-taken"}).status == 409
    assert post(client, "correct-1").status == 201


@pytest.mark.parametrize("key", ["", " ", "two words", "x" * 256, "tab\there"])
def test_impossible_keys(client, key):
    assert_problem(post(client, key), 400, "malformed-request")


def test_longest_key(client):
    first = post(client, "!~" + "x" * 253)
    assert first.status == 201
    assert_replayed(first, post(client, "!~" + "x" * 253))


@pytest.mark.parametrize("ending", ["stop", "kill"])
def test_across_a_restart(launch, ending):
    server = launch.start("shrinkr")
    client = server.client()
    first = post(client, "restart-1")
    assert first.status == 201
    server.stop() if ending == "stop" else server.kill()
    server.start()
    assert_replayed(first, post(client, "restart-1"))
    assert_problem(post(client, "restart-1", json=BODY | {"title": "other"}), 422, "idempotency-key-reused")
    assert len(client.get(LINKS).json()["data"]) == 1


def test_keys_of_different_callers_are_different(launch):
    """Nobody gets to see another caller's answer by guessing the key."""
    server = launch.start("shrinkr", SHRINKR_API_KEY="634f806fabf4a07c566002249b191bf4d8441b5616332aca")
    admin = server.client("634f806fabf4a07c566002249b191bf4d8441b5616332aca")
    made = admin.post("/api/v1/keys", json={"name": "other", "scopes": ["links:write"]})
    assert made.status == 201, made
    first = post(admin, "caller-1")
    second = post(server.client(made.json()["key"]), "caller-1")
    assert (first.status, second.status) == (201, 201)
    assert first.json()["code"] != second.json()["code"]


def test_a_key_that_is_made_again_is_shown_again(launch):
    server = launch.start("shrinkr", SHRINKR_API_KEY="f1cfd99216df648647adec26793d0e453f5082492d83a823")
    admin = server.client("f1cfd99216df648647adec26793d0e453f5082492d83a823")
    body = {"name": "again", "scopes": ["links:read"]}
    first = post(admin, "key-1", path="/api/v1/keys", json=body)
    second = post(admin, "key-1", path="/api/v1/keys", json=body)
    assert (first.status, second.status) == (201, 201)
    # One key was made, not two.
    assert first.json()["id"] == second.json()["id"]
    assert len([key for key in admin.get("/api/v1/keys").json()["data"] if key["name"] == "again"]) == 1
