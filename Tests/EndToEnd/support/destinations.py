"""Destinations sent to the API, and the rules by which it takes or refuses them."""

import json
import re

from .url_standard import parse

LONGEST = 8192
BATCH_ITEMS = 1000
BATCH_BYTES = 500_000
USER_INFO = re.compile(r" *https?:[/\\]*[^/\\?#]*@", re.IGNORECASE)
CONTROL = re.compile(r"[\x00-\x1f\x7f]")
# What is refused because the standard makes no URL of it.
FAILURES = {
    "not_absolute", "scheme_not_allowed", "host_missing", "host_invalid", "port_invalid", "user_info_not_allowed",
}  # fmt: skip


def refusals(text):
    """The reasons, by our rules, for which a destination may be refused; none where it must be taken."""
    if len(text.encode()) > LONGEST:
        return {"too_long"}
    if CONTROL.search(text):
        return {"control_character"}
    url = parse(text)
    if url is None:
        return FAILURES
    if url.protocol not in ("http:", "https:"):
        return {"scheme_not_allowed"}
    if USER_INFO.match(text):
        return {"user_info_not_allowed"}
    if url.port == "0":
        return {"port_invalid"}
    if len(url.href) > LONGEST:
        return {"too_long", "host_invalid"}
    return set()


def batches(texts):
    """The texts in parts that one request can carry."""
    batch, size = [], 0
    for text in texts:
        length = len(json.dumps(text)) + 20
        if batch and (len(batch) == BATCH_ITEMS or size + length > BATCH_BYTES):
            yield batch
            batch, size = [], 0
        batch.append(text)
        size += length
    yield batch


def shorten(client, texts):
    """A result of the API for each text."""
    results = []
    for batch in batches(texts):
        answer = client.post("/api/v1/links/batch", json={"links": [{"url": text} for text in batch]})
        assert answer.status == 200, answer
        results += answer.json()["results"]
    return results


def reason(result):
    """Why a destination was refused; None where it was not."""
    if result["status"] == 201:
        return None
    assert result["status"] == 422, result
    [error] = result["problem"]["errors"]
    assert error["pointer"] == "/url", result
    return error["code"]
