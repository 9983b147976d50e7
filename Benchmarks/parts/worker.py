"""What the worker's way costs: clicks from the journal's form to the counts, beside a loop in Python; and what SQS bills.

The clicks are made up: codes by Zipf's law, user agents of today's browsers by their share, each click from another
network. They go through moto, a server with SQS's interface.
"""

import base64
import json
import os
import random
import subprocess
import sys
import time
import uuid
from pathlib import Path

from harness import REPOSITORY, process
from harness.machine import SERVER_CORE, pinned
from harness.report import number, table
from support.aws import AWS, Queue
from support.program import Launcher

FRAME = 600
LINKS = 2_000
FRAMES_IN_MESSAGE = 6
BILLED = 64 * 1024
START = 1_795_378_500_000
JOURNAL = str(uuid.UUID(int=0))
LOOP = Path(__file__).resolve().parents[1] / "peers" / "loop.py"


def make_clicks(count, links, agents, seed=15):
    """Clicks as the journal keeps them."""
    source = random.Random(seed)
    weights = [1 / (place + 1) for place in range(len(links))]
    codes = source.choices(links, weights, k=count)
    names = source.choices([agent for agent, _ in agents], [share for _, share in agents], k=count)
    referrers = [None, "https://www.google.com/", "https://t.co/", "https://www.facebook.com/"]
    referrers += [f"https://blog{page % 20}.example.com/2026/11/post-{page}" for page in range(60)]
    shares = [50, 10, 6, 6] + [0.5] * 60
    came = source.choices(referrers, shares, k=count)
    languages = source.choices(["en-US", "de", "en", "fr", "es", "ja"], [40, 20, 15, 10, 10, 5], k=count)
    countries = source.choices(["US", "DE", "GB", "FR", "ES", "JP"], [40, 20, 15, 10, 10, 5], k=count)
    for index in range(count):
        network = ".".join(str(source.randrange(1, 255)) for _ in range(3))
        click = {
            "t": START + index, "code": codes[index], "method": "GET", "ip": f"{network}.0",
            "visitor": f"{source.getrandbits(64):016x}", "ua": names[index],
        }  # fmt: skip
        if came[index]:
            click["referrer"] = came[index]
        yield click | {"lang": languages[index], "country": countries[index]}


def plain(journal, frame, clicks):
    """A message in version 1."""
    return json.dumps(
        {"v": 1, "journal": journal, "frame": frame, "clicks": clicks}, separators=(",", ":"), ensure_ascii=False
    )


def shared(agents):
    """User agents, each without what it begins with as the one before it."""
    before = ""
    for agent in agents:
        length = len(os.path.commonprefix([before, agent]))
        yield [length, agent[length:]] if length > 6 else agent
        before = agent


def packed(journal, first, frames):
    """A message in version 2, as `FrameMessage.packed()` writes it."""
    clicks = [click for frame in frames for click in frame]
    tables = {}
    for name, key in (("codes", "code"), ("referrers", "referrer"), ("languages", "lang"), ("countries", "country")):
        tables[name] = list(dict.fromkeys(click[key] for click in clicks if key in click))
    agents = sorted({click["ua"] for click in clicks})
    bits = {click["ip"]: int.from_bytes(map(int, click["ip"].split(".")[:3])) for click in clicks}
    networks = sorted(set(bits.values()))
    places = {name: {value: place + 1 for place, value in enumerate(table)} for name, table in tables.items()}
    agent_places = {agent: place + 1 for place, agent in enumerate(agents)}
    network_places = {network: place + 1 for place, network in enumerate(networks)}
    rows, before = [], clicks[0]["t"]
    for click in clicks:
        visitor = base64.b64encode(bytes.fromhex(click["visitor"])).decode().rstrip("=")
        rows.append([
            click["t"] - before, places["codes"][click["code"]], agent_places[click["ua"]],
            places["referrers"].get(click.get("referrer"), 0), places["languages"][click["lang"]],
            places["countries"][click["country"]], network_places[bits[click["ip"]]], visitor,
        ])  # fmt: skip
        before = click["t"]
    content = {
        "version": 2, "frames": [[first + place, len(frame)] for place, frame in enumerate(frames)],
        "codes": tables["codes"], "agents": list(shared(agents)), "referrers": tables["referrers"],
        "languages": tables["languages"], "countries": tables["countries"],
        "networks": [later - earlier for earlier, later in zip([0, *networks], networks, strict=False)],
        "time": clicks[0]["t"], "clicks": rows,
    }  # fmt: skip
    message = {"v": 1, "journal": journal, "frame": first, "partial": True, "clicks": [], "packed": content}
    return json.dumps(message, separators=(",", ":"), ensure_ascii=False)


def messages(clicks, version):
    frames = [clicks[start : start + FRAME] for start in range(0, len(clicks), FRAME)]
    if version == 1:
        return [plain(JOURNAL, place + 1, frame) for place, frame in enumerate(frames)]
    return [
        packed(JOURNAL, start + 1, frames[start : start + FRAMES_IN_MESSAGE])
        for start in range(0, len(frames), FRAMES_IN_MESSAGE)
    ]


def billed(bodies):
    """Requests that SQS bills for sending and receiving each message alone, and for deleting ten at a time."""
    return 2 * sum(-(-len(body.encode()) // BILLED) for body in bodies) + -(-len(bodies) // 10)


def fill(queue, bodies):
    """Sends the messages under the name of a new journal."""
    journal = str(uuid.uuid4())
    for body in bodies:
        queue.send(body.replace(JOURNAL, journal, 1))


def make_links(launcher, database, links):
    api = launcher.start("shrinkr", SHRINKR_DATABASE_URL=database)
    for start in range(0, len(links), 1_000):
        items = [{"url": "https://example.com/", "code": code} for code in links[start : start + 1_000]]
        answer = api.client().post("/api/v1/links/batch", json={"links": items})
        if any(result["status"] != 201 for result in answer.json()["results"]):
            raise RuntimeError("links were not made")
    api.stop()


def count_all(stage, aws, links, bodies, name):
    """A worker's CPU time in microseconds per click, and the bytes that its database has per click."""
    place = stage.directory / name
    place.mkdir()
    launcher = Launcher(Path(os.environ.get("SHRINKR_BIN_DIR") or REPOSITORY / ".build" / "release").resolve(), place)
    queue = Queue(aws)
    database = f"sqlite:{place}/shrinkr.db"
    try:
        make_links(launcher, database, links)
        worker = launcher.make(
            "shrinkr-worker", SHRINKR_DATABASE_URL=database, SHRINKR_CLICK_QUEUE_URL=queue.url,
            SHRINKR_FLUSH_INTERVAL="5s", SHRINKR_REPORT_INTERVAL="1h", SHRINKR_REPORTS_URL=f"file:{place}/reports",
            **aws.environment(),
        )  # fmt: skip
        worker.wrap = pinned(SERVER_CORE)
        worker.start()
        before, counted = process.cpu_seconds(worker.process.pid), 0
        for _ in range(stage.scale.worker_rounds):
            fill(queue, bodies)
            counted += stage.scale.worker_clicks
            while worker.metric("shrinkr_worker_clicks_counted_total") < counted:
                time.sleep(0.2)
        cpu = process.cpu_seconds(worker.process.pid) - before
        worker.stop()
        return cpu * 1e6 / counted, (place / "shrinkr.db").stat().st_size / counted
    finally:
        launcher.stop_all()


def count_in_python(stage, aws, bodies):
    """The same of the loop in Python."""
    queue, cpu = Queue(aws), 0
    for _ in range(stage.scale.worker_rounds):
        fill(queue, bodies)
        command = [sys.executable, LOOP, aws.url, queue.url, str(stage.scale.worker_clicks)]
        done = subprocess.run([*pinned(SERVER_CORE), *command], stdout=subprocess.PIPE, text=True, check=True)
        cpu += float(done.stdout)
    return cpu * 1e6 / stage.scale.worker_clicks / stage.scale.worker_rounds


def user_agents():
    """User agents of browsers and their share, from a package made for that."""
    from fake_useragent.utils import load

    return [(entry["useragent"], entry["percent"]) for entry in load()]


def run(stage):
    links = [f"zipf{place}" for place in range(LINKS)]
    count = stage.scale.worker_clicks
    clicks = list(make_clicks(count, links, user_agents()))
    aws = AWS(stage.directory).start()
    rows = []
    try:
        for version in (1, 2):
            bodies = messages(clicks, version)
            size = sum(len(body.encode()) for body in bodies) / count
            traffic = [number(size), number(billed(bodies) * 1e6 / count)]
            cpu, stored = count_all(stage, aws, links, bodies, f"version-{version}")
            rows.append([f"worker, version {version}", *traffic, number(cpu), number(stored)])
            if version == 1:
                rows.append(["loop in Python, version 1", *traffic, number(count_in_python(stage, aws, bodies)), ""])
    finally:
        aws.stop()
    return table(["", "bytes", "billed requests per million", "CPU, µs", "bytes in the database"], rows)
