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


def test_answers_and_errors(client):
    for key, body, status in ((KEY, b'{"url":"https://example.com/"}', 201), (KEY, b"{}", 422), ("wrong", b"{}", 401),
                              (KEY, b"x" * 70_000, 413)):  # fmt: skip
        headers = {"Origin": PAGE, "Authorization": f"Bearer {key}", "Content-Type": "application/json"}
        answer = client.post("/api/v1/links", body=body, headers=headers)
        assert answer.status == status
        assert answer.headers["Access-Control-Allow-Origin"] == PAGE
        assert "ETag" in answer.headers["Access-Control-Expose-Headers"]
        assert "Origin" in answer.headers.get_all("Vary")


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "https://app.example.com.evil.example"])
def test_other_origins(client, origin):
    answer = client.request("OPTIONS", "/api/v1/links", headers=PREFLIGHT | {"Origin": origin})
    assert answer.status == 405 and "Access-Control-Allow-Origin" not in answer.headers
    answer = client.get("/health", headers={"Origin": origin})
    assert answer.status == 200 and "Access-Control-Allow-Origin" not in answer.headers
    assert "Origin" in answer.headers.get_all("Vary")
