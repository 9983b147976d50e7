"""GitHub's REST interface, as much of it as the scripts use, over bare Git repositories on disk.

The real `gh` talks to it: for the host github.localhost it uses plain HTTP, and a proxy setting leads that here.
"""

import json
import re
import tempfile
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

from .checkout import Checkout

TOKEN = "token-of-the-test"


class Refusal(Exception):
    """An answer that is not a success."""

    def __init__(self, status, message):
        super().__init__(message)
        self.status = status


class GitHub:
    """Repositories are bare ones, `<remotes>/<owner>/<name>.git`; what is not in them is kept in memory."""

    def __init__(self, remotes):
        self.remotes = remotes
        self.items = {}  # repository -> pull requests and issues by number
        self.labels = {}
        self.comments = []
        self.requests = []
        self.auto_merge = None  # None: allowed; or the message with which it is refused
        self.refuse_pulls = None  # the message with which opening a pull request is refused
        self.has_issues = True
        self.before = {}  # (method, route name) -> called once before such a request is answered
        self.broken = None  # a status with which everything is answered
        self.lock = threading.RLock()
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def stop(self):
        self.server.shutdown()
        self.server.server_close()

    @property
    def environment(self):
        """What makes `gh` talk to this."""
        proxy = f"http://127.0.0.1:{self.server.server_port}"
        return {
            "GH_HOST": "github.localhost", "GH_TOKEN": TOKEN, "GH_ENTERPRISE_TOKEN": TOKEN, "HTTP_PROXY": proxy,
            "http_proxy": proxy, "NO_PROXY": "", "no_proxy": "", "GH_NO_UPDATE_NOTIFIER": "1", "NO_COLOR": "1",
        }  # fmt: skip

    # What a test asks and does.

    def pulls(self, repository, state="open"):
        with self.lock:
            self._close_orphans(repository)
            return [i for i in self._items(repository) if "head" in i and state in (i["state"], "all")]

    def issues(self, repository, state="open"):
        return [i for i in self._items(repository) if "head" not in i and state in (i["state"], "all")]

    def set_state(self, repository, number, state):
        """What a person does with the button Close or Reopen."""
        self.items[repository][number]["state"] = state

    def merge(self, repository, number):
        """Squash-merges a pull request, and deletes its branch, as the repository's settings say."""
        with self.lock:
            pull = self.items[repository][number]
            base, head = (pull[side]["ref"] for side in ("base", "head"))
            assert pull["state"] == "open"
            with tempfile.TemporaryDirectory() as folder:
                clone = Checkout.clone(self.remotes / f"{repository}.git", Path(folder) / "clone", base)
                clone.git("merge", "--quiet", "--squash", f"origin/{head}")
                clone.git("commit", "--quiet", "-m", f"{pull['title']} (#{number})")
                clone.git("push", "--quiet", "origin", base, f":refs/heads/{head}")
                pull |= {"state": "closed", "merged_at": "2026-11-22T00:00:00Z"}
                return clone.head

    def commit(self, repository, branch):
        """The commit a branch points to; nothing if there is no such branch."""
        remote = Checkout(self.remotes / f"{repository}.git")
        return remote.git("for-each-ref", "--format=%(objectname)", f"refs/heads/{branch}")

    # What is asked over HTTP.

    def answer(self, method, path, query, body):
        for name, pattern in _ROUTES:
            match = re.fullmatch(pattern, path)
            action = getattr(self, f"_{method.lower()}_{name}", None)
            if match and action:
                hook = self.before.pop((method, name), None)
                if hook:
                    hook()
                with self.lock:
                    return action(*match.groups(), query | body)
        raise Refusal(404, "Not Found")

    def _items(self, repository):
        return list(self.items.setdefault(repository, {}).values())

    def _item(self, repository, number):
        try:
            return self.items[repository][int(number)]
        except KeyError:
            raise Refusal(404, "Not Found") from None

    def _close_orphans(self, repository):
        """A pull request whose branch is deleted is closed."""
        for pull in self._items(repository):
            if "head" in pull and pull["state"] == "open" and not self.commit(repository, pull["head"]["ref"]):
                pull["state"] = "closed"

    def _add(self, repository, fields):
        items = self.items.setdefault(repository, {})
        number = len(items) + 1
        items[number] = {"number": number, "node_id": f"{repository}#{number}", "state": "open", "labels": []} | fields
        return items[number]

    def _get_pulls(self, repository, q):
        owner, _, head = q["head"].partition(":")
        assert owner == repository.split("/")[0]
        found = [
            p for p in self.pulls(repository, q["state"]) if p["head"]["ref"] == head and p["base"]["ref"] == q["base"]
        ]
        return found[::-1]  # newest first

    def _post_pulls(self, repository, q):
        if self.refuse_pulls:
            raise Refusal(403, self.refuse_pulls)
        head, base = (self.commit(repository, q[side]) for side in ("head", "base"))
        if not head or not base or head == base:
            raise Refusal(422, "Validation Failed")
        if any(p["head"]["ref"] == q["head"] and p["base"]["ref"] == q["base"] for p in self.pulls(repository)):
            raise Refusal(422, f"A pull request already exists for {q['head']}.")
        sides = {side: {"ref": q[side]} for side in ("head", "base")}
        return self._add(repository, {"title": q["title"], "body": q["body"], "merged_at": None} | sides)

    def _get_pull(self, repository, number, q):
        return self._item(repository, number)

    def _patch_pull(self, repository, number, q):
        item = self._item(repository, number)
        item |= {key: q[key] for key in ("title", "body", "state") if key in q}
        return item

    _patch_issue = _patch_pull

    def _put_merge(self, repository, number, q):
        head = self.commit(repository, self._item(repository, number)["head"]["ref"])
        if q["sha"] != head or q["merge_method"] != "squash":
            raise Refusal(409, "Head branch was modified. Review and try the merge again.")
        return {"sha": self.merge(repository, int(number)), "merged": True}

    def _get_repository(self, repository, q):
        return {"full_name": repository, "has_issues": self.has_issues}

    def _need_issues(self):
        if not self.has_issues:
            raise Refusal(410, "Issues are disabled for this repo")

    def _get_issues(self, repository, q):
        self._need_issues()
        issues = self.issues(repository, q["state"])
        return [i for i in issues if q["labels"] in [label["name"] for label in i["labels"]]][::-1]

    def _post_issues(self, repository, q):
        self._need_issues()
        return self._add(repository, {"title": q["title"], "body": q["body"], "labels": self._known(repository, q)})

    def _known(self, repository, q):
        return [{"name": name} for name in q["labels"] if name in self.labels[repository]]

    def _post_comments(self, repository, number, q):
        self.comments.append((int(number), q["body"]))
        return {"id": len(self.comments)}

    def _get_comments(self, repository, number, q):
        """All are the run's own, but those that a test puts there with an author."""
        assert int(q["per_page"]) == 100
        return [
            {"id": index + 1, "body": body, "user": {"login": (author or ["github-actions[bot]"])[0]}}
            for index, (on, body, *author) in enumerate(self.comments) if on == int(number)
        ]  # fmt: skip

    def _patch_comment(self, repository, number, q):
        on, _, *author = self.comments[int(number) - 1]
        self.comments[int(number) - 1] = (on, q["body"], *author)
        return {"id": int(number)}

    def _get_item_labels(self, repository, number, q):
        return self._item(repository, number)["labels"]

    def _post_item_labels(self, repository, number, q):
        self._item(repository, number)["labels"] += self._known(repository, q)
        return self._item(repository, number)["labels"]

    def _delete_item_label(self, repository, number, name, q):
        item = self._item(repository, number)
        item["labels"] = [label for label in item["labels"] if label["name"] != unquote(name)]
        return item["labels"]

    def _get_label(self, repository, name, q):
        if name not in self.labels.get(repository, {}):
            raise Refusal(404, "Not Found")
        return {"name": name}

    def _post_labels(self, repository, q):
        self.labels.setdefault(repository, {})[q["name"]] = q["color"]
        return {"name": q["name"]}

    def _post_graphql(self, q):
        assert "enablePullRequestAutoMerge" in q["query"]
        if self.auto_merge:
            return {"data": None, "errors": [{"message": self.auto_merge}]}
        repository, _, number = q["variables"]["id"].partition("#")
        pull = self._item(repository, number)
        assert q["variables"]["commit"] == self.commit(repository, pull["head"]["ref"])
        pull["auto_merge"] = True
        return {"data": {"enablePullRequestAutoMerge": {"clientMutationId": None}}}


_REPOSITORY = r"/repos/([^/]+/[^/]+)"
_ROUTES = [
    ("repository", _REPOSITORY),
    ("pulls", rf"{_REPOSITORY}/pulls"),
    ("pull", rf"{_REPOSITORY}/pulls/(\d+)"),
    ("merge", rf"{_REPOSITORY}/pulls/(\d+)/merge"),
    ("issues", rf"{_REPOSITORY}/issues"),
    ("issue", rf"{_REPOSITORY}/issues/(\d+)"),
    ("comments", rf"{_REPOSITORY}/issues/(\d+)/comments"),
    ("comment", rf"{_REPOSITORY}/issues/comments/(\d+)"),
    ("item_labels", rf"{_REPOSITORY}/issues/(\d+)/labels"),
    ("item_label", rf"{_REPOSITORY}/issues/(\d+)/labels/([^/]+)"),
    ("labels", rf"{_REPOSITORY}/labels"),
    ("label", rf"{_REPOSITORY}/labels/([^/]+)"),
    ("graphql", r"/graphql"),
]


def _handler(github):
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _serve(self):
            body = json.loads(self.rfile.read(int(self.headers.get("Content-Length") or 0)) or b"{}")
            url = urlsplit(self.path)  # a proxy is sent the whole address
            assert url.hostname == "api.github.localhost", self.path
            github.requests.append((self.command, url.path))
            try:
                if TOKEN not in (self.headers["Authorization"] or ""):
                    raise Refusal(401, "Bad credentials")
                if github.broken:
                    raise Refusal(github.broken, "Unicorn!")
                query = {key: values[-1] for key, values in parse_qs(url.query).items()}
                status, answer = 200, github.answer(self.command, url.path, query, body)
            except Refusal as refusal:
                status, answer = refusal.status, {"message": str(refusal)}
            data = json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json; charset=utf-8")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        do_GET = do_POST = do_PATCH = do_PUT = do_DELETE = _serve

        def log_message(self, *arguments):
            pass

    return Handler
