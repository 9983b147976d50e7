"""Redirects and new links while the database is in trouble, and what must be true of them in the end."""

import contextlib
import json
import threading
import time
import uuid
from collections import Counter

from .checks import assert_unavailable
from .client import BOTS, BROWSERS, Client
from .load import Load
from .stage import Stage
from .waiting import eventually

LINKS = "/api/v1/links"
# The longest that an answer may take while the database says nothing at all.
LONGEST_ANSWER = 20
# However fast a machine is, no limit for guests ends a load that is to meet the database.
NO_LIMITS = {f"SHRINKR_LIMIT_{name}": "off" for name in ("WRONG_KEYS", "UNKNOWN_CODES", "CREATES")}


class Outage:
    """Services on a PostgreSQL database, two APIs or more, some links in the memory of each, and a load on these.

    Within `load()`, every one of those redirects must be answered: cached redirects never wait for the database.
    """

    def __init__(self, stage: Stage, database, *, migrates_at=None):
        self.stage = stage
        self.database = database
        for api in stage.apis:
            api.settings |= NO_LIMITS
        where = {"SHRINKR_DATABASE_URL": migrates_at} if migrates_at else {}
        migrated = stage.api.run("migrate", timeout=120, **where)
        assert migrated.returncode == 0, migrated
        stage.start()
        self.clients = [api.client() for api in stage.apis]
        self.cold = iter(self.clients[0].create_many(1000, "cold"))
        self.codes = self.clients[0].create_many(10, "cached")
        self._wait_for_news()
        for client in self.clients:
            for code in self.codes:
                assert client.follow(code).status == 302
                stage.expected[code] += 1

    def _wait_for_news(self):
        """Every API has read of all links that were made so far, and will not forget them once more as new ones."""
        for number, client in enumerate(self.clients):
            code = f"marker-{number}"
            assert client.follow(code).status == 404
            self.clients[number - 1].create(code=code)

            def is_known(client=client, code=code):
                self.stage.expected[code] = 1
                return client.follow(code).status == 302

            eventually(is_known, what="a new link is known everywhere")

    @contextlib.contextmanager
    def load(self, rate=100):
        loads = [
            Load(api.url, self.codes, total=10**9, rate=rate, connections=8, agents=BROWSERS + BOTS).start()
            for api in self.stage.apis
        ]
        makers = self.makers = [Maker(api.url).start() for api in self.stage.apis]
        try:
            yield self
        except BaseException:
            for maker in makers:
                maker.abort()
            raise
        else:
            for maker in makers:
                maker.end()
        finally:
            for load in loads:
                load.end()
                self.stage.expected.update(load.answered)
        statuses = sum((load.statuses for load in loads), Counter())
        assert set(statuses) == {302}, statuses
        assert not any(load.torn or load.unanswered for load in loads)
        made = dict(sum((maker.statuses for maker in makers), Counter()))
        print(f"\n{statuses.total()} redirects from memory, none failed; answers to new links: {made}")

    def assert_needs_the_database(self):
        """What is not in memory is refused for now, in time, and the answer says when to come again."""
        requests = [
            request for client in self.clients for request in (
                lambda client=client: client.follow(next(self.cold)),
                lambda client=client: client.post(LINKS, json={"url": "https://example.com/"}),
            )
        ]  # fmt: skip
        for request in requests:
            started = time.monotonic()
            assert_unavailable(request())
            seconds = time.monotonic() - started
            assert seconds < LONGEST_ANSWER
            print(f"refused after {seconds * 1000:.0f} ms")

    def assert_says_so(self, programs=None):
        """Every program says that it is not well."""
        self._wait_for(lambda status: status != "ready", "says that it is not well", 30, programs)

    def assert_recovers(self, within=30):
        """Everything works again by itself, and is counted once."""
        self._wait_for(lambda status: status == "ready", "is well again", within)
        for client in self.clients:
            eventually(lambda client=client: self._follow_cold(client), within=within, what="the database is read")

    def _follow_cold(self, client):
        code = next(self.cold)
        answer = client.follow(code)
        if answer.status != 302:
            assert_unavailable(answer)
            return False
        self.stage.expected[code] += 1
        return True

    def _wait_for(self, is_right, what, within, programs=None):
        for program in programs or self.stage.programs:
            found = lambda program=program: is_right(program.admin.get("/readyz").json()["status"])  # noqa: E731
            eventually(found, within=within, what=f"{program.name} {what}")

    def assert_books(self):
        """What was answered, the statistics, the tables, the reports and the ledger agree."""
        try:
            self.stage.assert_counted()
        except AssertionError as error:
            raise AssertionError(f"{error}\n{self._where_clicks_are()}") from error
        assert self.database.clicks() == +self.stage.expected
        assert self.database.counted_clicks() == self.stage.expected.total()
        self.stage.assert_reported()
        done = self.stage.api.run("ledger", "--format", "json", timeout=120)
        terms = json.loads(done.stdout)["terms"]
        assert done.returncode == 0 and terms["in_flight"] == 0, done.stdout
        assert terms["counted"] + terms["orphaned"] == self.stage.expected.total(), done.stdout
        for maker in self.makers:
            maker.assert_made_once(self.database)

    def _where_clicks_are(self):
        stage = self.stage
        missing = dict(stage.expected - self.database.clicks())
        held = [worker.metric("shrinkr_worker_window_frames") for worker in stage.workers]
        ranges = self.database.query("SELECT journal, first, last FROM ledger_ranges ORDER BY 1, 2")
        return (
            f"missing: {missing}\nin the queue: {stage.queue.size()}, dead: {stage.queue.dead()}, held: {held}\n"
            f"frames counted: {ranges}\n{stage.api.run('ledger', '--wait', '0s', timeout=120).stdout}"
        )


class Maker:
    """Makes links one after the other, each under a key of its own that is repeated until it is answered with 201.

    However often the database went away in the middle, each key has made one link.
    """

    def __init__(self, url):
        self.client = Client(url, timeout=60)
        self.tag = f"made-{uuid.uuid4().hex[:8]}"
        self.statuses = Counter()
        self.made = []
        self.error = None
        self._aborted = False
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name="maker", daemon=True)

    def start(self):
        self._thread.start()
        return self

    def end(self):
        self._ended.set()
        self._thread.join(120)
        assert not self._thread.is_alive()
        if self.error is not None:
            raise self.error

    def abort(self):
        """Makes an end of it, though the last link is not made yet."""
        self._aborted = True
        self._ended.set()
        self._thread.join(120)

    def _run(self):
        try:
            while not self._ended.is_set():
                self._make(uuid.uuid4().hex)
                time.sleep(0.02)
        except Exception as error:  # told by end()
            self.error = error

    def _make(self, key):
        deadline = time.monotonic() + 90
        while True:
            body = {"url": f"https://example.com/{key}", "tags": [self.tag]}
            answer = self.client.post(LINKS, json=body, headers={"Idempotency-Key": key})
            self.statuses[answer.status] += 1
            # 409: the first request may still be at work, for all that anybody knows.
            if answer.status not in (503, 409):
                break
            assert time.monotonic() < deadline and not self._aborted, answer
            time.sleep(0.1)
        assert answer.status == 201, answer
        self.made.append(answer.json()["code"])

    def assert_made_once(self, database):
        rows = database.query(f"SELECT code FROM links JOIN link_tags ON link_id = id WHERE tag = '{self.tag}'")
        assert sorted(code for (code,) in rows) == sorted(self.made)
