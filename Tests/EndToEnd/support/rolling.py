"""One program takes the place of another while people follow links and make new ones."""

import time

from .client import BOTS, BROWSERS
from .load import Load
from .outage import Maker
from .waiting import eventually


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


def roll_out(stage, launch, traffic, **own):
    """Starts one program for each, has both releases serve for a while, and stops the former ones.

    `own`: the settings in which the new programs differ.
    """
    before = list(stage.programs)
    worker = launch.another(stage.worker, **own)
    apis = [launch.another(api, **own) for api in stage.apis]
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
    stage.api, stage.client = apis[0], apis[0].client()
    traffic.go_on()
