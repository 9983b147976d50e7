"""A plain HTTP client on Python's own http.client: follows no redirect, hides nothing."""

import http.client
import json as json_module
from dataclasses import dataclass, field
from urllib.parse import urlsplit

CHROME = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36"
)
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:143.0) Gecko/20100101 Firefox/143.0"
IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Version/18.6 Mobile/15E148 Safari/604.1"
)
BROWSERS = [CHROME, FIREFOX, IPHONE]

GOOGLEBOT = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"
WHATSAPP = "WhatsApp/2.23.20.0"
FACEBOOK = "facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)"
BOTS = [GOOGLEBOT, WHATSAPP, FACEBOOK]

PROBLEM = "urn:shrinkr:problem:"


@dataclass
class Answer:
    status: int
    headers: http.client.HTTPMessage
    body: bytes
    sent: dict = field(default_factory=dict)

    @property
    def text(self):
        return self.body.decode()

    def json(self):
        return json_module.loads(self.body)

    @property
    def media_type(self):
        return self.headers.get_content_type()

    def __repr__(self):
        return f"<{self.status} {dict(self.headers)} {self.body[:2000]!r}>"


class Client:
    """Requests to one server; a new connection for each."""

    def __init__(self, url, *, key=None, timeout=30):
        parts = urlsplit(url)
        self.host, self.port = parts.hostname, parts.port
        self.key = key
        self.timeout = timeout

    def request(self, method, path, *, json=None, body=None, headers=None):
        headers = dict(headers or {})
        if json is not None:
            body = json_module.dumps(json).encode()
            headers.setdefault("Content-Type", "application/json")
        if self.key is not None:
            headers.setdefault("Authorization", f"Bearer {self.key}")
        connection = http.client.HTTPConnection(self.host, self.port, timeout=self.timeout)
        try:
            connection.request(method, path, body=body, headers=headers)
            response = connection.getresponse()
            return Answer(response.status, response.headers, response.read())
        finally:
            connection.close()

    def get(self, path, **options):
        return self.request("GET", path, **options)

    def head(self, path, **options):
        return self.request("HEAD", path, **options)

    def post(self, path, **options):
        return self.request("POST", path, **options)

    def patch(self, path, **options):
        return self.request("PATCH", path, **options)

    def delete(self, path, **options):
        return self.request("DELETE", path, **options)

    def create(self, url="https://example.com/destination", **members):
        """Makes a link and returns it."""
        answer = self.post("/api/v1/links", json={"url": url} | members)
        assert answer.status == 201, answer
        return answer.json()

    def create_many(self, count, prefix):
        """Makes `count` links in one batch and returns their codes."""
        items = [{"url": f"https://example.com/{prefix}/{i}", "code": f"{prefix}-{i}"} for i in range(count)]
        answer = self.post("/api/v1/links/batch", json={"links": items})
        assert answer.status == 200, answer
        results = answer.json()["results"]
        assert [result["status"] for result in results] == [201] * count, results[:3]
        return [result["link"]["code"] for result in results]

    def follow(self, code, *, method="GET", agent=CHROME, **headers):
        """Follows a link as a browser does."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.request(method, f"/{code}", headers={"User-Agent": agent} | named)

    def stats(self, code=None, query=""):
        path = f"/api/v1/links/{code}/stats" if code else "/api/v1/stats"
        answer = self.get(path + (f"?{query}" if query else ""))
        assert answer.status == 200, answer
        return answer.json()

    def clicks(self, code=None):
        return self.stats(code)["totals"]["clicks"]


def assert_problem(answer, status, slug):
    """Checks a problem document (RFC 9457) and returns it."""
    assert answer.status == status, answer
    assert answer.media_type == "application/problem+json", answer
    problem = answer.json()
    assert problem["type"] == PROBLEM + slug, problem
    assert problem["status"] == status, problem
    assert problem["title"] and problem["detail"], problem
    assert problem["request_id"] == answer.headers["X-Request-Id"], answer
    return problem


def assert_invalid(answer, code=None, *, pointer=None, parameter=None):
    """Checks a validation problem that names one member or parameter, and returns the error."""
    errors = assert_problem(answer, 422, "validation")["errors"]
    matching = [e for e in errors if e.get("pointer") == pointer and e.get("parameter") == parameter]
    assert matching, errors
    assert all(error["detail"] for error in errors), errors
    if code is not None:
        assert code in [error["code"] for error in matching], errors
    return matching[0]
