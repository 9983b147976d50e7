"""CORS: a front end of another origin uses the API from a browser, where the setting names it."""

import pytest

PAGE = "https://app.example.com"
KEY = "19a56746024115e491959d9d1ddccf2d39850d170772eaea4a21229039a40dfe"
PREFLIGHT = {
    "Origin": PAGE, "Access-Control-Request-Method": "POST",
    "Access-Control-Request-Headers": "authorization,content-type",
}  # fmt: skip


@pytest.fixture(scope="module")
def client(shared_launch):
    return shared_launch.start(
        "shrinkr", SHRINKR_API_KEY=KEY, SHRINKR_CORS_ORIGINS=f"{PAGE}, http://localhost:3000"
    ).client()


def test_off_by_default(launch):
    client = launch.start("shrinkr").client()
    assert client.request("OPTIONS", "/api/v1/links", headers=PREFLIGHT).status == 405
    answer = client.get("/api/v1/links", headers={"Origin": PAGE})
    assert not [name for name in answer.headers if name.lower().startswith("access-control") or name == "Vary"]


def test_preflight(client):
    """As the browser asks, without a key, before it sends the request itself."""
    for path in ("/api/v1/links", "/api/v1/links/abc/stats"):
        answer = client.request("OPTIONS", path, headers=PREFLIGHT)
        assert answer.status == 204 and answer.body == b""
        assert answer.headers["Access-Control-Allow-Origin"] == PAGE
        allowed = {name.strip().lower() for name in answer.headers["Access-Control-Allow-Headers"].split(",")}
        assert {"authorization", "content-type", "if-match", "idempotency-key", "x-api-key"} <= allowed
        assert {"POST", "PATCH", "DELETE"} <= set(answer.headers["Access-Control-Allow-Methods"].split(", "))
        assert "Access-Control-Allow-Credentials" not in answer.headers
        vary = {name.strip() for value in answer.headers.get_all("Vary") for name in value.split(",")}
        assert vary == {"Origin", "Access-Control-Request-Method", "Access-Control-Request-Headers"}
