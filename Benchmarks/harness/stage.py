"""Servers with the same links, measured in turn."""

import contextlib
from dataclasses import dataclass, field

from . import links, process
from .load import LoadClient
from .requests import BROWSER, follow
from .servers import FastAPI, Floor, Nginx, Shrinkr


@dataclass
class Scale:
    """How much is measured: rounds, seconds of load in each, links, and what single parts ask for."""

    rounds: int = 5
    seconds: float = 2
    links: int = 100_000
    many_links: int = 1_000_000
    idle_seconds: float = 20
    hour_seconds: float = 60
    worker_clicks: int = 250_000
    worker_rounds: int = 20
    # Of all profiles of redirects, or of the first and the last.
    every_profile: bool = True
    settings: dict = field(default_factory=dict)


QUICK = Scale(
    rounds=1, seconds=0.1, links=1_000, many_links=2_000, idle_seconds=0.5, hour_seconds=1, every_profile=False,
    worker_clicks=5_000, worker_rounds=1,
    # Counts at once, so that there is nothing to wait for.
    settings={"SHRINKR_FLUSH_INTERVAL": "100ms"},
)  # fmt: skip


class Stage:
    def __init__(self, directory, scale):
        self.directory = directory
        self.scale = scale
        self.client = LoadClient(directory)
        self.codes = links.make_codes(scale.links)
        self._shrinkrs = 0

    @contextlib.contextmanager
    def shrinkr(self, codes=(), **settings):
        """Shrinkr with these links, each followed once, so that all are in memory."""
        self._shrinkrs += 1
        place = self.directory / f"shrinkr-{self._shrinkrs}"
        place.mkdir()
        server = Shrinkr(place, **self.scale.settings | settings)
        try:
            server.start()
            if codes:
                links.create(server.client, codes)
                self.warm(server, codes)
            yield server
        finally:
            server.stop()

    @contextlib.contextmanager
    def all(self):
        """Shrinkr and its peers, running side by side; who is not being measured has nothing to do."""
        with contextlib.ExitStack() as stack, self.shrinkr(self.codes) as ours:
            place = self.directory / f"peers-{self._shrinkrs}"
            place.mkdir()
            peers = [Nginx(place, self.codes), FastAPI(place, self.codes), Floor(place)]
            for peer in peers:
                stack.callback(peer.stop)
                peer.start()
                self.warm(peer, self.codes[:1_000])
            yield [ours, *peers]

    def warm(self, server, codes):
        """Follows each link once."""
        self.load(server, follow(BROWSER), codes, seconds=600, requests=len(codes))

    def load(self, server, request, codes, *, seconds=None, expects=(302,), **options):
        """Loads one server; returns what the client saw and what it cost in microseconds of CPU per answer: `cpu`
        until the last answer, `loops` the part of it that event loops took, `counted` until all is also counted."""
        before, loops = process.cpu_seconds(server.pid), process.loop_seconds(server.pid)
        result = self.client.run(server.port, request, codes, seconds=seconds or self.scale.seconds, **options)
        cpu, loops = process.cpu_seconds(server.pid) - before, process.loop_seconds(server.pid) - loops
        server.settle(result)
        counted = process.cpu_seconds(server.pid) - before
        if unexpected := set(result["statuses"]) - set(expects):
            raise RuntimeError(f"{server.name} answered with {unexpected}: {result}")
        answers = result["answers"]
        result["rate"] = answers / result["seconds"]
        spent = {"cpu": cpu, "loops": loops, "counted": counted}
        return result | {name: each * 1e6 / answers for name, each in spent.items()} | process.memory(server.pid)

    def in_turn(self, servers, measure):
        """Measures each server once a round (A B C, A B C, …); returns the results of each, by its name."""
        found = {server.name: [] for server in servers}
        for _ in range(self.scale.rounds):
            for server in servers:
                found[server.name].append(measure(server))
        return found
