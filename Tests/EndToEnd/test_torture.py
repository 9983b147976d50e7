"""Every answered redirect is counted once, whatever is killed when.

SHRINKR_TORTURE_KILLS sets how often the services are killed (8), SHRINKR_TORTURE_RESTARTS how often PostgreSQL is
restarted meanwhile (a fifth of that), SHRINKR_TORTURE_SEED repeats a run's decisions.
`make torture KILLS=200` runs this at length.
"""

import os
import random

import pytest

from support.torture import say, torture_program, torture_services

KILLS = int(os.environ.get("SHRINKR_TORTURE_KILLS", "8"))
RESTARTS = int(os.environ.get("SHRINKR_TORTURE_RESTARTS") or (KILLS + 4) // 5)
SEED = int(os.environ.get("SHRINKR_TORTURE_SEED") or random.SystemRandom().randrange(1 << 32))
# A run of 200 kills takes some minutes.
pytestmark = pytest.mark.timeout(600 + 10 * KILLS)


def test_services_are_killed(launch, aws, queue, bucket, tmp_path):
    judge(torture_services(launch, aws, queue, bucket, tmp_path, kills=KILLS, seed=SEED, say=say), "Two services")


def test_services_on_postgresql_are_killed(database, launch, aws, queue, bucket, tmp_path):
    """Three APIs, two workers, and the server of their database."""
    books = torture_services(
        launch, aws, queue, bucket, tmp_path, kills=KILLS, seed=SEED, database=database, restarts=RESTARTS, say=say
    )
    judge(books, "Three APIs and two workers on PostgreSQL")
    assert books.restarts.total() == RESTARTS
    counted = database.clicks()
    assert counted.total() == database.counted_clicks() == books.counted


def test_one_process_is_killed(launch):
    judge(torture_program(launch, kills=KILLS, seed=SEED, say=say), "One process")


def judge(books, title):
    print(f"\n{title}, seed {SEED}\n{books}")
    assert books.is_right, f"\n{books}\nlost: {books.lost}\ndouble: {books.double}"
    assert books.answered > 0 and books.kills.total() >= KILLS
