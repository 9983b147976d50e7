"""A rolling upgrade under load: programs of two releases side by side, on tables that change under them, and back.

There is one release so far. What the next one's `migrate` would do is done here: its steps, entered as it enters them.
Its programs are started after them.
"""

import time

from support.checks import assert_clicks, assert_drained
from support.client import BOTS, BROWSERS
from support.load import Load
from support.outage import Maker, Outage
from support.waiting import eventually


def next_step(database):
    """The name of a step behind all that this release has."""
    [[last]] = database.query("SELECT max(number) FROM shrinkr_migrations")
    return f"{int(last) + 1:04}-next"


def run_step(database, name, kind, sql):
    """Runs a step of the next release: one transaction with its row, again and again until it gets its lock."""
    number = int(name[:4])
    row = f"INSERT INTO shrinkr_migrations VALUES ({number}, '{name}', 'next', '{kind}', now(), 'shrinkr-api next')"
    step = f"BEGIN; SET LOCAL lock_timeout = '2s'; {row}; {sql}; COMMIT"
    eventually(lambda: database.query(step) == [], what=f"the step {name} is run")


class Traffic:
    """Redirects and new links, led to some of the APIs as a load balancer does: none fails."""

    def __init__(self, stage, codes):
        self.stage = stage
        self.codes = codes
        self.makers = []
        self.redirects = 0
        self._now = {}

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for load, maker in self._now.values():
            maker.abort()
            load.end()

    def lead_to(self, apis):
        for api in set(apis) - set(self._now):
            load = Load(api.url, self.codes, total=10**9, rate=50, connections=4, agents=BROWSERS + BOTS)
            self._now[api] = (load.start(), Maker(api.url).start())
        for api in set(self._now) - set(apis):
            load, maker = self._now.pop(api)
            maker.end()
            load.end()
            self.stage.expected.update(load.answered)
            self.makers.append(maker)
            self.redirects += load.statuses.total()
            assert set(load.statuses) == {302}, load.statuses
            assert not (load.torn or load.unanswered)
            assert set(maker.statuses) == {201}, maker.statuses

    def go_on(self):
        """Until every API that is led to has made some more links."""
        wanted = {maker: len(maker.made) + 5 for _, maker in self._now.values()}
        goes_on = lambda: all(maker.error or len(maker.made) >= count for maker, count in wanted.items())  # noqa: E731
        eventually(goes_on, within=60, what="links are made")
        time.sleep(0.5)


def roll_out(stage, launch, traffic):
    """Starts one program for each, has both releases serve for a while, and stops the former ones."""
    before = list(stage.programs)
    worker = launch.another(stage.worker)
    apis = [launch.another(api) for api in stage.apis]
    former = list(stage.apis)
    stage.workers.append(worker.start())
    for api in apis:
        stage.apis.append(api.start())
    traffic.lead_to(stage.apis)
    traffic.go_on()
    traffic.lead_to(apis)
    for program in before:
        program.stop()
    assert not any(api.is_running for api in former)
    stage.apis, stage.workers = apis, [worker]
    stage.client = apis[0].client()
    traffic.go_on()


def test_a_rolling_upgrade_and_the_way_back(make_stage, launch, database):
    stage = make_stage(apis=2, SHRINKR_DATABASE_URL=database.url)
    outage = Outage(stage, database)
    with Traffic(stage, outage.codes) as traffic:
        upgrade(stage, launch, database, traffic)
    print(f"\n{traffic.redirects} redirects and {sum(len(maker.made) for maker in traffic.makers)} links, none failed")
    assert_clicks(stage.client, stage.expected, within=90)
    assert_drained(stage.queue, within=90)
    assert database.clicks() == +stage.expected
    assert database.counted_clicks() == stage.expected.total()
    for maker in traffic.makers:
        maker.assert_made_once(database)


def upgrade(stage, launch, database, traffic):
    # A program of the release before the next one.
    old = stage.api
    traffic.lead_to(stage.apis)
    traffic.go_on()

    # The programs of this release go on while tables get more columns, and so do the next one's beside them.
    expand = next_step(database)
    run_step(database, expand, "expand", "ALTER TABLE links ADD COLUMN note text, ADD COLUMN weight bigint")
    traffic.go_on()
    roll_out(stage, launch, traffic)
    # The way back, and forth again: this release starts on tables that are newer than it.
    roll_out(stage, launch, traffic)
    assert expand in old.run("migrate", "status").stdout
    roll_out(stage, launch, traffic)
    contract = next_step(database)
    run_step(database, contract, f"contract of {expand}", "ALTER TABLE links DROP COLUMN note")
    traffic.go_on()

    # A program that does not know what the contract belongs to has to stay away, and says so in one sentence.
    for arguments in (["migrate"], ["migrate", "--check"]):
        refused = old.run(*arguments, timeout=60)
        assert refused.returncode == 1, refused
        said = (refused.stdout + refused.stderr).strip()
        assert contract in said and "use a newer one" in said and len(said.splitlines()) == 1, refused
    old.start(wait=False)

    def says_why():
        answer = old.admin.get("/readyz")
        return answer.status == 503 and "use a newer one" in answer.text

    eventually(says_why, what="the old program says why it is not ready")
    old.stop()

    traffic.go_on()
    traffic.lead_to([])
