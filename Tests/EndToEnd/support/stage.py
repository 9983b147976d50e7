"""API and workers with a fault proxy between them and AWS, and the books of every click."""

from collections import Counter

from .aws import Bucket, Queue
from .checks import assert_clicks, assert_drained, report_tallies
from .faults import FaultProxy
from .services import make_services
from .waiting import eventually

SEND, RECEIVE, DELETE = "SendMessageBatch", "ReceiveMessage", "DeleteMessageBatch"
HIDE = "ChangeMessageVisibilityBatch"
PUT = "PUT"


class Stage:
    """Two services or more on one database, not started. What `follow` follows, at the first API, must be counted.

    `settings` are those of all programs, beside short intervals: a message that got lost on its way to the worker comes
    again after three seconds. That costs it one of its `deliveries`, after which it is dead; here faults come much more
    often than in life.
    """

    def __init__(self, launch, aws, directory, *, apis=1, workers=1, deliveries=100, **settings):
        self.queue = Queue(aws)
        self.queue.set_max_receive_count(deliveries)
        self.bucket = Bucket(aws)
        self.proxy = FaultProxy(aws.port)
        own = {"SHRINKR_SEAL_INTERVAL": "100ms", "SHRINKR_VISIBILITY_TIMEOUT": "3s"}
        self.api, worker = make_services(
            launch, aws, self.queue, self.bucket, directory, endpoint=self.proxy.url, **own | settings
        )
        self.apis = [self.api, *(launch.another(self.api) for _ in range(apis - 1))]
        self.workers = [worker, *(launch.another(worker) for _ in range(workers - 1))]
        self.database = directory / "shared" / "shrinkr.db"
        self.client = self.api.client()
        self.expected = Counter()

    def __enter__(self):
        self.proxy.__enter__()
        return self

    def __exit__(self, *error):
        # While they still reach AWS, so that a graceful stop has nothing to wait for.
        for program in self.programs:
            if program.is_running:
                program.stop()
        self.proxy.__exit__(*error)

    @property
    def programs(self):
        return [*self.apis, *self.workers]

    @property
    def worker(self):
        return self.workers[0]

    def start(self):
        for program in self.programs:
            program.start()
        return self

    def follow(self, codes, rounds=1):
        """Follows every link so many times; each redirect must be answered, whatever is broken."""
        for code in list(codes) * rounds:
            answer = self.client.follow(code)
            assert answer.status == 302, answer
            self.expected[code] += 1

    def follow_until(self, codes, check, *, what, within=60):
        """Follows the links again and again until `check` says so."""

        def followed():
            self.follow(codes)
            return check()

        eventually(followed, within=within, every=0.1, what=what)

    def assert_counted(self):
        """Every click is counted, none twice, and nothing is left over anywhere."""
        assert_clicks(self.client, self.expected, within=90)
        assert_drained(self.queue, within=90)
        assert_clicks(self.client, self.expected)

    def assert_reported(self):
        """Every report is whole, and in the end they all say what is counted."""
        for kind in ("hourly", "daily"):

            def is_right(kind=kind):
                files = [self.bucket.read(key) for key in self.bucket.list() if f"/{kind}/" in key]
                found = {code: sum(tally) for code, tally in report_tallies(files).items()}
                assert found == +self.expected, (found, self.expected)
                return True

            # Longer than the claim of a worker that was killed while it wrote a report.
            eventually(is_right, within=120, every=0.2, what=f"the {kind} reports say what is counted")


class Hits:
    """A rule that gives a fault to every second request of each operation: each of the faults `times` times."""

    def __init__(self, faults, *operations, times=1):
        self.left = {name: [fault for fault in faults for _ in range(times)] for name in operations}
        self._seen = Counter()

    def __call__(self, exchange):
        name = exchange.operation
        self._seen[name] += 1
        if self._seen[name] % 2 == 0 or not self.left.get(name):
            return None
        return self.left[name].pop(0)

    @property
    def is_spent(self):
        return not any(self.left.values())


class Deliveries:
    """Watches what SQS answers and is asked: how often each message was handed out by the time it was deleted."""

    def __init__(self):
        self.received = Counter()
        self.bodies = {}
        self.deleted = {}
        self._receipts = {}

    def __call__(self, exchange, reply):
        if exchange.operation == RECEIVE and reply.status == 200:
            for message in reply.json().get("Messages", []):
                name = message["MessageId"]
                self.received[name] = max(self.received[name], int(message["Attributes"]["ApproximateReceiveCount"]))
                self.bodies[name] = message["Body"]
                self._receipts[message["ReceiptHandle"]] = name
        if exchange.operation == DELETE and reply.status == 200:
            for entry in exchange.json()["Entries"]:
                name = self._receipts[entry["ReceiptHandle"]]
                self.deleted.setdefault(name, self.received[name])
