"""Shrinkr's processes are killed over and over under load, their journal is copied and rewound; afterwards every link's
clicks are held against the books.

Between two kills each connection follows a link of its own: at most one of its requests was cut off, so the bounds for
each link are as tight as they can be: answered <= counted <= answered + cut off.
"""

import asyncio
import json
import random
import shutil
import sqlite3
import sys
import threading
import time
from collections import Counter
from dataclasses import dataclass, field

from .checks import report_tallies
from . import journal
from .client import BOTS, BROWSERS
from .faults import Fault, FaultProxy, sqs_error
from .load import Connection, NoAnswer, TornAnswer, request_bytes
from .services import make_services
from .waiting import eventually

BATCH = 1000
AGENTS = BROWSERS + BOTS


class Follower:
    """Connections that follow links without a pause, whatever happens to the server. Runs in a thread of its own."""

    def __init__(self, url, codes, *, connections, rate):
        self.url = url
        self.codes = codes
        self.connections = connections
        self.pause = connections / rate
        self.epoch = 0
        self.sent = Counter()
        self.answered = Counter()
        self.cut = Counter()
        self.other = Counter()
        self._ended = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._run()), name="follower", daemon=True)

    def start(self):
        self._thread.start()
        return self

    def stop(self):
        self._ended.set()
        self._thread.join(60)
        assert not self._thread.is_alive()

    async def _run(self):
        await asyncio.gather(*(self._follow(number) for number in range(self.connections)))

    async def _follow(self, number):
        connection = Connection(self.url)
        turn = number
        while not self._ended.is_set():
            started = time.monotonic()
            if not connection.is_open and not await self._open(connection):
                continue
            turn += 1
            await self._exchange(connection, self.codes[self.epoch * self.connections + number], turn)
            await asyncio.sleep(max(0, started + self.pause - time.monotonic()))
        connection.close()

    async def _open(self, connection):
        try:
            await connection.open()
        except OSError:
            await asyncio.sleep(0.01)
        return connection.is_open

    async def _exchange(self, connection, code, turn):
        method = "HEAD" if turn % 7 == 0 else "GET"
        self.sent[code] += 1
        try:
            answer = await connection.exchange(request_bytes(method, f"/{code}", agent=AGENTS[turn % len(AGENTS)]))
        except (NoAnswer, TornAnswer, OSError):
            self.cut[code] += 1
        else:
            if answer.status == 302:
                self.answered[code] += 1
            else:
                self.other[answer.status] += 1


@dataclass
class Books:
    """What was sent and what became of it, in the end."""

    kills: Counter
    sent: int
    answered: int
    cut: int
    other: Counter
    counted: int
    reported: int
    # What the programs themselves say in the end, and their exit code.
    ledger: str
    ledger_code: int
    terms: dict
    # Links with fewer clicks than answers, and with more than requests could explain.
    lost: dict = field(default_factory=dict)
    double: dict = field(default_factory=dict)
    faults: int = 0
    seconds: float = 0
    # Copies of the journal that were started beside the original, and old states of it that were put back.
    copies: int = 0
    rewinds: int = 0
    restarts: Counter = field(default_factory=Counter)

    @property
    def is_right(self):
        # While the database is away, what is not in memory is refused, and so is everything just after a start.
        refused = {503} if self.restarts else set()
        kept = not self.lost and not self.double and set(self.other) <= refused and self.reported == self.counted
        return kept and self.ledger_code == 0 and self.terms["counted"] == self.counted and self.terms["in_flight"] == 0

    def __str__(self):
        kills, restarts = (
            ", ".join(f"{name} {count}" for name, count in sorted(some.items())) for some in (self.kills, self.restarts)
        )
        lost = sum(answered - counted for answered, counted in self.lost.values())
        double = sum(counted - most for most, counted in self.double.values())
        lines = "\n".join(
            f"{name:<44} {value}"
            for name, value in [
                ("kills", f"{self.kills.total()} ({kills})"),
                ("restarts of the database", f"{self.restarts.total()} ({restarts})" if restarts else 0),
                ("copies started beside the original", self.copies),
                ("old snapshots put back", self.rewinds),
                ("faults between services and AWS", self.faults),
                ("requests sent", self.sent),
                ("redirects answered to the end", self.answered),
                ("requests cut off by a kill", self.cut),
                ("other answers", dict(self.other) or 0),
                ("clicks counted", self.counted),
                ("clicks in the reports", self.reported),
                ("clicks lost (answered, not counted)", lost),
                ("clicks double (more than sent)", double),
                ("seconds", round(self.seconds)),
            ]
        )
        return f"{lines}\nthe ledger:\n{self.ledger}"


class Torture:
    """One run: `kills` times SIGKILL at random moments, restart on the same directory, then the books.

    After every fourth kill the journal is copied as it is and the copy started beside the original, to be killed and stopped
    like it; after every fourth an old state of the journal is put back, once the present one has nothing left to send.

    `programs`: the processes by name. `victims`: names, or pairs of names that die together. `settled`: tells whether
    nothing is under way any more. `reports`: reads all hourly report files. `restart`: restarts the database, which
    happens `restarts` times, and returns how it did.
    """

    def __init__(
        self, launch, programs, victims, *, kills, seed, settled, reports, restart=None, restarts=0,
        connections=16, rate=1500, say=None
    ):  # fmt: skip
        self.launch = launch
        self.programs = programs
        self.victims = victims
        self.kills = kills
        self.random = random.Random(seed)
        self.settled = settled
        self.reports = reports
        self.restart, self.restarts = restart, restarts
        self.connections = connections
        self.rate = rate
        self.say = say or (lambda line: None)
        self.faults = lambda: 0
        self.killed, self.restarted = Counter(), Counter()
        self.apis = [program for name, program in programs.items() if not name.startswith("worker")]
        # The one whose journal is copied and rewound.
        self.api = self.apis[0]
        # Programs on copies of the journal, with the links that each answered and how often.
        self.copies = []
        self.rewinds = 0
        self.snapshot = self.api.directory / "snapshot"

    def run(self):
        started = time.monotonic()
        for program in self.programs.values():
            program.start()
        connections, rate = self.connections // len(self.apis), self.rate / len(self.apis)
        followers = [
            Follower(api.url, self._links(f"torture-{number}", connections), connections=connections, rate=rate).start()
            for number, api in enumerate(self.apis)
        ]
        try:
            for number in range(self.kills):
                time.sleep(self.random.uniform(0.05, 2))
                self._kill(self.random.choice(self.victims))
                for follower in followers:
                    follower.epoch = number + 1
                # Spread evenly over the kills.
                for _ in range((number + 1) * self.restarts // self.kills - number * self.restarts // self.kills):
                    self.restarted[self.restart()] += 1
                if number % 4 == 1:
                    self._copy(number)
                elif number % 4 == 2:
                    shutil.rmtree(self.snapshot, ignore_errors=True)
                    journal.copy(self.api.data_directory, self.snapshot)
                elif number % 4 == 3:
                    self._rewind()
                if (number + 1) % 10 == 0:
                    answered = sum(follower.answered.total() for follower in followers)
                    self.say(f"{number + 1} kills, {answered} redirects answered")
            time.sleep(1)
        finally:
            for follower in followers:
                follower.stop()
        books = self._close(followers)
        books.seconds = time.monotonic() - started
        return books

    def _links(self, prefix, connections):
        client = self.api.client()
        codes = []
        total = (self.kills + 1) * connections
        while len(codes) < total:
            codes += client.create_many(min(BATCH, total - len(codes)), f"{prefix}-{len(codes)}")
        return codes

    def _kill(self, victims):
        """Kills, waits a moment or none, and starts again; now and then kills once more in the middle of the start."""
        names = victims if isinstance(victims, tuple) else (victims,)
        self.killed["+".join(names)] += 1
        for name in names:
            self.programs[name].kill()
        time.sleep(self.random.choice([0, 0, self.random.uniform(0, 0.5)]))
        if self.random.random() < 0.25:
            for name in names:
                self.programs[name].start(wait=False)
            time.sleep(self.random.uniform(0, 0.15))
            for name in names:
                self.programs[name].kill()
            self.killed["in the start"] += 1
        for name in names:
            self.programs[name].start(wait=False)

    def _copy(self, number):
        """Starts a copy of the journal as it is at this moment; it answers clicks of a link of its own."""
        copy = self.launch.another(self.api)
        journal.copy(self.api.data_directory, copy.data_directory)
        if "shrinkr" in self.programs:
            copy.settings["SHRINKR_DATABASE_URL"] = f"sqlite:{copy.directory}/copy.db"
            copy.settings["SHRINKR_REPORTS_URL"] = f"file:{copy.directory}/reports"
            # After the journal: what was acknowledged by then is counted in it.
            with sqlite3.connect(self.api.data_directory / "shrinkr.db") as source:
                with sqlite3.connect(copy.directory / "copy.db") as target:
                    source.backup(target)
        copy.start()
        client = copy.client()
        code = client.create(code=f"copy-{number}")["code"]
        clicks = self.random.randrange(1, 20)
        for _ in range(clicks):
            assert client.follow(code).status == 302
        time.sleep(self.random.uniform(0, 1))
        copy.kill()
        self.copies.append((copy, code, clicks))

    def _rewind(self):
        """Puts back the state of the journal two kills ago. What the present one holds is sent first: who puts an old disk
        in place of clicks that are nowhere else has thrown them away."""
        self.api.wait_until_ready()
        while True:
            self.api.stop()
            held = json.loads(self.api.run("journal", "inspect", "--format", "json").stdout)["waiting_clicks"]
            if held == 0:
                break
            self.api.start()
        shutil.rmtree(self.api.data_directory / "journal")
        shutil.copytree(self.snapshot / "journal", self.api.data_directory / "journal")
        self.api.start(wait=False)
        self.rewinds += 1

    def _close_copies(self, client):
        """Lets the copies count what they have; their clicks are counted where their links are. Returns what is wrong."""
        wrong = {}
        for copy, code, clicks in self.copies:
            copy.start()
            eventually(
                lambda: copy.metric("shrinkr_journal_clicks_pending") == 0, within=60, what="the copy has sent everything"
            )
            place = copy.client() if "shrinkr" in self.programs else client
            eventually(lambda: place.clicks(code) >= clicks, within=60, what="the clicks of the copy are counted")
            if place.clicks(code) != clicks:
                wrong[code] = (clicks, place.clicks(code))
            copy.stop()
        return wrong

    def _close(self, followers):
        for program in self.programs.values():
            program.wait_until_ready()
        client = self.api.client()
        self.say("load ended, waiting until everything is counted")
        expected, sent, cut, other = (
            sum((getattr(follower, name) for follower in followers), Counter())
            for name in ("answered", "sent", "cut", "other")
        )
        wrong = self._close_copies(client)
        assert not wrong, f"(answered, counted) by copies: {wrong}"
        if "shrinkr" not in self.programs:
            for _, code, clicks in self.copies:
                expected[code] = sent[code] = clicks
        eventually(lambda: self.settled() and client.clicks() >= expected.total(), within=120, every=0.5, what="settled")
        counted = {code: client.clicks(code) for code in sent}
        total = client.clicks()
        assert sum(counted.values()) == total, "clicks of links that nobody followed"

        def reported():
            tallies = report_tallies(self.reports())
            return tallies if sum(map(sum, tallies.values())) >= total else None

        # Longer than the claim of a worker that was killed while it wrote a report.
        tallies = eventually(reported, within=120, every=0.5, what=f"the reports have all {total} clicks")
        code, ledger, terms = self._ledger()
        return Books(
            ledger=ledger, ledger_code=code, terms=terms,
            kills=self.killed, sent=sent.total(), answered=expected.total(), cut=cut.total(),
            copies=len(self.copies), rewinds=self.rewinds, restarts=self.restarted, other=other, counted=total,
            reported=sum(map(sum, tallies.values())), faults=self.faults(),
            lost={c: (expected[c], counted[c]) for c in counted if counted[c] < expected[c]},
            double={c: (expected[c] + cut[c], counted[c]) for c in counted if counted[c] > expected[c] + cut[c]},
        )  # fmt: skip


    def _ledger(self):
        """The ledger as an operator prints it, once nothing is in flight."""

        def settled():
            done = self.api.run("ledger", "--format", "json", timeout=120)
            terms = json.loads(done.stdout)["terms"]
            return (done.returncode, terms) if terms["in_flight"] == 0 else None

        code, terms = eventually(settled, within=60, every=0.5, what="the ledger has nothing in flight")
        return code, self.api.run("ledger", timeout=120).stdout.rstrip(), terms


def torture_services(launch, aws, queue, bucket, directory, *, kills, seed, database=None, **options):
    """API, worker and both are killed, while one request in twenty between them and AWS goes wrong.

    With a PostgreSQL `database`: three APIs and two workers, and the server is restarted now and then.
    """
    # Every kill of the worker costs the messages that it holds a receive; nobody kills a real worker every other second.
    queue.set_max_receive_count(1000)
    chance = random.Random(seed + 1)
    faults = [Fault.reset, Fault.deaf, Fault.torn, Fault.repeated(3), Fault.late(1),
              Fault.reply(sqs_error("InternalFailure", 500)), Fault.reply(sqs_error("ThrottlingException"))]  # fmt: skip

    def rule(exchange):
        return chance.choice(faults) if chance.random() < 0.05 else None

    with FaultProxy(aws.port, rule) as proxy:
        # Long enough for a window that holds a retried flush, short enough that a killed worker's messages come soon.
        settings = {"SHRINKR_DATABASE_URL": database.url} if database else {}
        api, worker = make_services(launch, aws, queue, bucket, directory, endpoint=proxy.url, **settings)
        programs = {"api": api, "worker": worker}
        if database:
            programs |= {name: launch.another(api) for name in ("api-2", "api-3")} | {"worker-2": launch.another(worker)}
            options["restart"] = lambda: _restart(database.server, chance)
            assert api.run("migrate").returncode == 0
        torture = Torture(
            launch, programs, [*programs, ("api", "worker")], kills=kills, seed=seed,
            settled=lambda: queue.size() == 0,
            reports=lambda: [bucket.read(key) for key in bucket.list() if "/hourly/" in key], **options,
        )  # fmt: skip
        torture.faults = proxy.hurt.total
        books = torture.run()
        assert queue.dead() == 0, "good frames were given up"
        return books


def _restart(server, chance):
    """One of the ways in which a server goes away and comes back; returns its name."""
    how = chance.choice(["fast", "immediate", "crash", "paused"])
    if how == "crash":
        server.crash()
    elif how == "paused":
        server.pause()
        time.sleep(chance.uniform(0.1, 2))
        server.resume()
    else:
        server.stop(how)
        time.sleep(chance.uniform(0, 1))
        server.start()
    return how


def torture_program(launch, *, kills, seed, **options):
    """The one-process program is killed."""
    program = launch.make("shrinkr", SHRINKR_FLUSH_INTERVAL="500ms", SHRINKR_REPORT_INTERVAL="1s")

    def reports():
        return [path.read_bytes() for path in (program.data_directory / "reports").glob("hourly/**/*.gz")]

    torture = Torture(
        launch, {"shrinkr": program}, ["shrinkr"], kills=kills, seed=seed, settled=lambda: True, reports=reports, **options
    )
    return torture.run()


def say(line):
    print(f"    ... {line}", file=sys.stderr, flush=True)
