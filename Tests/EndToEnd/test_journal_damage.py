"""What a failing disk leaves of a click journal, put before the real program: nothing but the damaged clicks is lost.

A journal is made by `shrinkr-api` whose queue cannot be reached, so that nothing is acknowledged, and which is killed.
Each trial damages a copy of its data directory in one way, starts `shrinkr` on it, and looks at which links were
counted: each click follows a link of its own.

A short run truncates the last frame at both sides of every boundary of a record and at every 12th byte, and flips one
bit in every field of every record. SHRINKR_DAMAGE=all truncates it at every byte, and flips a bit of every byte.
"""

import itertools
import os
import random
import shutil
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import pytest

from support import journal as files
from support.checks import assert_clicks, assert_drained
from support.faults import FaultProxy
from support.services import make_services
from support.waiting import eventually

ALL = os.environ.get("SHRINKR_DAMAGE") == "all"
SEED = int(os.environ.get("SHRINKR_DAMAGE_SEED") or random.SystemRandom().randrange(1 << 32))
# Every byte of some 1,500, at several trials a second.
pytestmark = pytest.mark.timeout(3600 if ALL else 600)

FRAMES = [4, 2, 3]
LINKS = 30
NOBODY = "http://127.0.0.1:9/123456789012/clicks"
AWS = {"AWS_REGION": "eu-central-1", "AWS_ACCESS_KEY_ID": "AKIAEXAMPLE00000TEST", "AWS_SECRET_ACCESS_KEY": "no-secret"}


@dataclass
class Outcome:
    """What a program made of a damaged journal."""

    # The links followed before the damage that were counted.
    counted: set
    # What the metrics say.
    regions: int
    lost: int
    # The start's log line about damage, if there is one, and how many bytes it says were the remains of a crash.
    said: dict
    torn: int
    # Bytes in the folder `damaged`.
    set_aside: int


class Journal:
    """A data directory with a journal of which nothing is acknowledged."""

    def __init__(self, program, codes):
        self.program = program
        self.codes = codes
        self.unused = list(codes)

    def follow(self, count):
        """Follows as many links, each for the first time, and waits until the frame is sealed."""
        client = self.program.client()
        for _ in range(count):
            assert client.follow(self.unused.pop(0), agent="").status == 302
        eventually(lambda: self.records()[-1].is_seal, what="the frame is sealed")

    def records(self, segment=-1):
        return files.records(files.segments(self.program.data_directory)[segment])

    @property
    def followed(self):
        return set(self.codes) - set(self.unused)


def make_journal(launch, frames):
    program = launch.make(
        "shrinkr-api", SHRINKR_CLICK_QUEUE_URL=NOBODY, SHRINKR_REPORTS_URL=None, SHRINKR_SEAL_INTERVAL="500ms", **AWS
    ).start()
    made = Journal(program, program.client().create_many(LINKS, "d"))
    for count in frames:
        made.follow(count)
    # Nobody takes the frames, but they were read from the disk for that.
    last = made.records()[-1].frame
    eventually(lambda: files.handed_out(program.data_directory) >= last, what="the frames are handed out")
    program.kill()
    return made


@pytest.fixture(scope="module")
def journal(shared_launch):
    made = make_journal(shared_launch, FRAMES)
    assert [r.frame for r in made.records()] == [n for n, count in enumerate(FRAMES, 1) for _ in range(count + 1)]
    return made


@pytest.fixture
def trial(launch, tmp_path):
    """Damages a copy of a journal by `damage(data directory)`, starts `shrinkr` on it, follows links that were not
    followed before, and returns the Outcome."""
    numbers = itertools.count(1)

    def run(journal, damage, *, follow=0):
        # The number of a port would come again before the thousands of trials are over.
        name = f"trial-{next(numbers)}"
        data = tmp_path / name / "data"
        shutil.copytree(journal.program.data_directory, data)
        damage(data)
        server = launch.make("shrinkr", place=name, SHRINKR_SEAL_INTERVAL="500ms", SHRINKR_FLUSH_INTERVAL="10ms")
        server.start()
        new = journal.unused[:follow]
        for code in new:
            assert server.client().follow(code).status == 302
        outcome = look(server, journal.followed, set(new))
        server.kill()
        shutil.rmtree(data)
        # So that a failure shows the log of a trial that failed, not those of all before it.
        launch.programs.remove(server)
        return outcome

    return run


def look(server, old, new):
    # The embedded queue has no memory: what left the journal is counted, and nothing else can come.
    eventually(lambda: server.metric("shrinkr_journal_clicks_pending") == 0, what="the journal is counted")
    client = server.client()
    clicks = {code: client.clicks(code) for code in old | new}
    assert set(clicks.values()) <= {0, 1} and client.clicks() == sum(clicks.values()), clicks
    assert all(clicks[code] == 1 for code in new), f"clicks of a program that runs well are missing: {clicks}"
    damage = server.log_lines("Damaged parts of the journal were set aside")
    torn = server.log_lines("The unfinished end of the journal was removed")
    assert len(damage) <= 1 and len(torn) <= 1, server.log()
    folder = server.data_directory / "journal" / "damaged"
    return Outcome(
        counted={code for code in old if clicks[code]},
        regions=int(server.metric("shrinkr_journal_damaged_regions_total")),
        lost=int(server.metric("shrinkr_journal_clicks_lost_total")),
        said=damage[0] if damage else None, torn=int(torn[0]["journal.bytes"]) if torn else 0,
        set_aside=sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()),
    )  # fmt: skip


def in_parallel(trials):
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return list(pool.map(lambda trial: trial(), trials))


def clicks_of(records):
    return {record.code for record in records if not record.is_seal}


def segment(data, index=-1):
    return files.segments(data)[index]


# Truncation


def truncations(records):
    """The sizes to which the segment is cut: within its last frame."""
    last = [record for record in records if record.frame == records[-1].frame]
    first, end = last[0].start, last[-1].end
    if ALL:
        return range(first, end + 1)
    edges = {edge + shift for record in last for edge in (record.start, record.end) for shift in (-1, 0, 1)}
    return sorted(size for size in edges | set(range(first, end, 12)) if first <= size <= end)


def test_truncated_in_the_last_frame(journal, trial):
    """Exactly the clicks whose records are whole are counted, and what is followed then is counted too. The frame was
    safe on the disk, or it would not have been handed out: that it is cut is damage, and is reported."""
    records = journal.records()
    sizes = truncations(records)

    def cut(size):
        return trial(journal, lambda data: os.truncate(segment(data), size), follow=1)

    outcomes = in_parallel([lambda size=size: cut(size) for size in sizes])
    for size, outcome in zip(sizes, outcomes):
        whole = [record for record in records if record.end <= size]
        assert outcome.counted == clicks_of(whole), f"cut to {size} bytes: {outcome}"
        assert outcome.torn == size - whole[-1].end, f"cut to {size} bytes: {outcome}"
        is_cut = int(size < records[-1].end)
        assert outcome.regions == (int(outcome.said["journal.damaged_regions"]) if is_cut else 0) == is_cut, outcome
        assert outcome.set_aside == 0, outcome
    print(f"\n{len(sizes)} of {records[-1].end - sizes[0] + 1} truncations of the last frame: all as they should be")


@pytest.mark.parametrize("kept", [0, 1], ids=["none is left", "one is left"])
def test_numbers_of_frames_that_were_sent_are_not_used_again(launch, aws, queue, bucket, tmp_path, kept):
    """The queue has frames whose acknowledgement never came, and then the disk loses them. What is recorded after that
    must not pass for a repetition of them."""
    with FaultProxy(aws.port) as network:
        api, worker = make_services(
            launch, aws, queue, bucket, tmp_path, endpoint=network.url, SHRINKR_SEAL_INTERVAL="500ms"
        )
        api.start()
        client = api.client()
        codes = client.create_many(9, "sent")
        delivered = set()

        async def unheard(exchange, forward, writer):
            await forward(exchange)
            delivered.update(code for code in codes if code.encode() in exchange.body)

        network.rule = lambda exchange: unheard if exchange.operation.startswith("SendMessage") else None
        for part in (codes[:3], codes[3:6]):
            for code in part:
                assert client.follow(code).status == 302
            eventually(lambda: delivered.issuperset(part), what="the queue has the clicks")
        api.kill()
        path = segment(api.data_directory)
        left = [record for record in files.records(path) if record.frame <= kept]
        os.truncate(path, left[-1].end if left else files.HEADER_BYTES)
        network.rule = lambda exchange: None
        api.start()
        assert api.log_lines("Damaged parts of the journal were set aside"), "nobody hears of the loss"
        for code in codes[6:]:
            assert client.follow(code).status == 302
        eventually(lambda: api.metric("shrinkr_journal_clicks_pending") == 0, what="the queue has everything")
        worker.start()
        assert_clicks(client, {code: 1 for code in codes})
        assert_drained(queue)


# Flipped bits


def fields(record):
    """Where the fields of a record lie: magic, kind, length, frame, checksum, and two places of the payload."""
    payload = record.start + files.RECORD_HEADER.size
    yield from (record.start + offset for offset in (0, 4, 5, 8, 16))
    yield from (payload, record.end - 1)


def flip(path, offset, bit):
    data = bytearray(path.read_bytes())
    data[offset] ^= 1 << bit
    path.write_bytes(data)


def test_a_flipped_bit_in_a_segment(journal, trial):
    """It costs the click that it hits. Header and seals can be lost without losing a click."""
    records = journal.records()
    chance = random.Random(SEED)
    places = [*range(0, files.HEADER_BYTES, 8), *(place for record in records for place in fields(record))]
    if ALL:
        places = range(records[-1].end)
    bits = [(place, chance.randrange(8)) for place in places]

    def damaged(place, bit):
        return trial(journal, lambda data: flip(segment(data), place, bit), follow=1)

    outcomes = in_parallel([lambda place=place, bit=bit: damaged(place, bit) for place, bit in bits])
    torn = 0
    for (place, bit), outcome in zip(bits, outcomes):
        intact = [record for record in records if not record.start <= place < record.end]
        assert outcome.counted == clicks_of(intact), f"bit {bit} of byte {place}, seed {SEED}: {outcome}"
        hit = records[-1].end - records[-1].start if place >= records[-1].start else 0
        if outcome.torn:
            # A longer length in the last record looks like a crash in the middle of writing it.
            assert outcome.torn == hit and not outcome.said, f"bit {bit} of byte {place}, seed {SEED}: {outcome}"
            torn += 1
            continue
        assert outcome.regions == int(outcome.said["journal.damaged_regions"]) == 1, f"{place}: {outcome}"
        assert outcome.set_aside == int(outcome.said["journal.damaged_bytes"]) > 0, f"{place}: {outcome}"
        assert outcome.lost == int(outcome.said["journal.clicks_lost"]), f"{place}: {outcome}"
    print(f"\n{len(bits)} flipped bits: {torn} taken for a crash, the others set aside; no other click lost")


def test_a_bit_flips_while_the_journal_is_in_use(launch, aws, queue, bucket, tmp_path):
    """It is noticed when the frame is read to be sent: the others of the frame count, log and metrics tell."""
    with FaultProxy(aws.port) as network:
        api, worker = make_services(
            launch, aws, queue, bucket, tmp_path, endpoint=network.url, SHRINKR_SEAL_INTERVAL="100ms"
        )
        api.start()
        client = api.client()
        code = client.create()["code"]
        network.refuse()
        # More frames than are in memory to be sent; the rest lie on the disk alone.
        followed = 0
        while followed == 0 or files.records(segment(api.data_directory))[-1].frame < 80:
            # Some at a time: the whole file is read each time.
            for _ in range(10):
                assert client.follow(code).status == 302
                followed += 1
        eventually(lambda: files.records(segment(api.data_directory))[-1].is_seal, what="the frame is sealed")
        hit = [record for record in files.records(segment(api.data_directory)) if not record.is_seal][-1]
        with segment(api.data_directory).open("r+b") as file:
            file.seek(hit.end - 1)
            file.write(b"?")
        network.allow()
        worker.start()
        assert_clicks(client, {code: followed - 1})
        assert_drained(queue)
        assert api.metric("shrinkr_journal_damaged_regions_total") == 1
        assert api.metric("shrinkr_journal_clicks_lost_total") == 1
        line = eventually(
            lambda: api.log_lines("Damaged parts of the journal were set aside"), what="the log tells of the damage"
        )[0]
        assert line["journal.clicks_lost"] == "1"
        assert len(list((api.data_directory / "journal" / "damaged").iterdir())) == 1


def life(data):
    """The folder of the newest journal."""
    return segment(data).parent


def test_a_flipped_bit_beside_the_segments(journal, trial):
    chance = random.Random(SEED)
    size = (life(journal.program.data_directory) / "acknowledged").stat().st_size
    places = range(size) if ALL else sorted(chance.sample(range(size), 8))
    bits = [(place, chance.randrange(8)) for place in places]

    def damaged(place, bit):
        return trial(journal, lambda data: flip(life(data) / "acknowledged", place, bit), follow=1)

    outcomes = in_parallel([lambda place=place, bit=bit: damaged(place, bit) for place, bit in bits])
    for (place, bit), outcome in zip(bits, outcomes):
        assert outcome.counted == journal.followed, f"bit {bit} of byte {place}, seed {SEED}: {outcome}"
        assert outcome.regions == int(outcome.said["journal.damaged_regions"]) == 1, f"{place}: {outcome}"


# Whole files


def outermost(data):
    return data / "journal"


def replace(name, content=None, *, within=life):
    """Replaces a file of the journal by one with other content, or by nothing."""

    def damage(data):
        path = within(data) / name
        path.unlink(missing_ok=True)
        if content is not None:
            path.write_bytes(content)

    return damage


def replace_by_folder(name, *, within=life):
    def damage(data):
        path = within(data) / name
        path.unlink(missing_ok=True)
        path.mkdir()
        (path / "file").write_bytes(b"something")

    return damage


def garbage(size=2_000):
    return random.Random(SEED).randbytes(size)


BESIDE = {
    "an empty identity": replace("identity", b"", within=outermost),
    "an identity of garbage": replace("identity", garbage(), within=outermost),
    "an identity that is a folder": replace_by_folder("identity", within=outermost),
    "acknowledged missing": replace("acknowledged"),
    "acknowledged empty": replace("acknowledged", content=b""),
    "acknowledged garbage": replace("acknowledged", content=garbage()),
    "acknowledged a folder": replace_by_folder("acknowledged"),
    "lock missing": replace("lock", within=outermost),
    "lock garbage": replace("lock", content=garbage(), within=outermost),
    "damaged a file": lambda data: (data / "journal" / "damaged").write_bytes(b"something"),
    "a stray file": lambda data: (data / "journal" / "stray.clicks").write_bytes(garbage()),
    "a stray folder": replace_by_folder("0000000009-00000000000000000900.clicks"),
    "a stray folder beside": replace_by_folder("0000000009-00000000000000000900.clicks", within=outermost),
    "a file named like a journal": replace("3f2a8d1e-7b64-4c0f-9e5a-1d2c3b4a5f60", b"something", within=outermost),
    "an empty journal": lambda data: (outermost(data) / "3f2a8d1e-7b64-4c0f-9e5a-1d2c3b4a5f60").mkdir(),
    "a renamed journal": lambda data: life(data).rename(outermost(data) / "3f2a8d1e-7b64-4c0f-9e5a-1d2c3b4a5f60"),
    "a half-written identity": lambda data: (data / "journal" / "identity.new").write_bytes(b"half"),
}


@pytest.mark.parametrize("name", BESIDE)
def test_files_beside_the_segments(journal, trial, name):
    """Whatever becomes of them, every click is counted."""
    outcome = trial(journal, BESIDE[name], follow=1)
    assert outcome.counted == journal.followed, outcome


def test_name_and_header_damaged_together(journal, trial):
    """Then nobody knows whose frames they are: everything is set aside."""

    def damage(data):
        flip(segment(data), 20, 0)
        life(data).rename(outermost(data) / "3f2a8d1e-7b64-4c0f-9e5a-1d2c3b4a5f60")

    size = segment(journal.program.data_directory).stat().st_size - files.HEADER_BYTES
    outcome = trial(journal, damage, follow=3)
    assert outcome.counted == set()
    assert outcome.regions == int(outcome.said["journal.damaged_regions"]) >= 1
    assert outcome.set_aside >= size


# Several segments


@pytest.fixture(scope="module")
def segmented(shared_launch):
    """Three journals of one segment each: every start makes its own."""
    made = make_journal(shared_launch, [3])
    for _ in range(2):
        made.program.start()
        made.follow(3)
        made.program.kill()
    assert len(files.segments(made.program.data_directory)) == 3
    return made


def clicks_in(segmented, index):
    data = segment(segmented.program.data_directory, index).read_bytes()
    return {code for code in segmented.followed if f'"code":"{code}"'.encode() in data}


def overwrite(content):
    return lambda path: path.write_bytes(content)


def make_folder(path):
    path.unlink()
    path.mkdir()


SEGMENTS = {
    "missing": lambda path: path.unlink(),
    "empty": overwrite(b""),
    "one byte": overwrite(b"S"),
    "garbage": overwrite(garbage()),
    "zeros": lambda path: path.write_bytes(bytes(path.stat().st_size)),
    "a folder": make_folder,
}


@pytest.mark.parametrize("index", [0, 1, 2])
@pytest.mark.parametrize("name", SEGMENTS)
def test_a_segment_is_lost(segmented, trial, index, name):
    """The others count, and so does what follows."""
    outcome = trial(segmented, lambda data: SEGMENTS[name](segment(data, index)), follow=3)
    assert outcome.counted == segmented.followed - clicks_in(segmented, index), outcome


def test_all_segments_are_lost(segmented, trial):
    def damage(data):
        for path in files.segments(data):
            path.unlink()

    assert trial(segmented, damage, follow=3).counted == set()


def test_a_foreign_segment(segmented, journal, trial):
    """A segment that lies where no journal has it is set aside as it is."""
    foreign = segment(journal.program.data_directory)

    def beside(data):
        shutil.copy(foreign, data / "journal" / "0000000004-00000000000000000100.clicks")

    outcome = trial(segmented, beside, follow=3)
    assert outcome.counted == segmented.followed
    assert outcome.set_aside >= foreign.stat().st_size and outcome.said


def test_swapped_and_doubled_segments(segmented, trial):
    """Whose frames they are stands in the files, and nothing counts twice."""

    def swap(data):
        first, second, _ = files.segments(data)
        content = first.read_bytes()
        first.write_bytes(second.read_bytes())
        second.write_bytes(content)

    outcome = trial(segmented, swap, follow=3)
    assert outcome.counted == segmented.followed

    def double(data):
        shutil.copy(segment(data, 1), data / "journal" / "0000000009-00000000000000000900.clicks")

    outcome = trial(segmented, double, follow=3)
    assert outcome.counted == segmented.followed
