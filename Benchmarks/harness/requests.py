"""The requests that the load client sends, as bytes; `{code}` and `@@@` are its places to fill in."""

import json

KEY = "5f0d6d52c0f14e2f8a1e6b7c9d3a2b4c5d6e7f8091a2b3c4d5e6f708192a3b4c"

MINIMAL = {"Host": "sho.rt"}
# A click in Chrome that came through a load balancer: 17 fields. Each request is of another client.
BROWSER = {
    "X-Forwarded-For": "198.51.@@@.@@@",
    "X-Forwarded-Proto": "https",
    "X-Forwarded-Port": "443",
    "Host": "sho.rt",
    "X-Amzn-Trace-Id": "Root=1-692c0c4e-3f1d5b7a9c2e4f6081a3b5c7",
    "sec-ch-ua": '"Chromium";v="140", "Not=A?Brand";v="24", "Google Chrome";v="140"',
    "sec-ch-ua-mobile": "?0",
    "sec-ch-ua-platform": '"Windows"',
    "Upgrade-Insecure-Requests": "1",
    "User-Agent": "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/140.0.0.0 Safari/537.36",
    "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,image/apng,*/*;q=0.8",
    "Sec-Fetch-Site": "cross-site",
    "Sec-Fetch-Mode": "navigate",
    "Sec-Fetch-Dest": "document",
    "Referer": "https://news.example.org/articles/today",
    "Accept-Encoding": "gzip, deflate, br, zstd",
    "Accept-Language": "en-GB,en;q=0.9,de;q=0.8",
}
HEADERS = {"minimal": MINIMAL, "browser": BROWSER}


def follow(headers, closes=False):
    """A request that follows a link; `closes` says that no other comes on its connection."""
    return _request("GET", "/{code}", headers | ({"Connection": "close"} if closes else {}))


def read(target):
    return _request("GET", target, MINIMAL | {"Authorization": f"Bearer {KEY}"})


def statistics():
    return read("/api/v1/links/{code}/stats")


def post(path, document):
    body = json.dumps(document)
    fields = {"Authorization": f"Bearer {KEY}", "Content-Type": "application/json", "Content-Length": len(body)}
    return _request("POST", path, MINIMAL | fields) + body


def _request(method, target, fields):
    lines = [f"{method} {target} HTTP/1.1", *(f"{name}: {value}" for name, value in fields.items())]
    return "\r\n".join(lines) + "\r\n\r\n"
