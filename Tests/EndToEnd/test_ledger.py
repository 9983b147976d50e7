"""The ledger, the journal and the dead letters as an operator sees them, by command."""

import json

import pytest
from support.checks import assert_clicks
from support.frames import Journal, click
from support.times import now
from support.waiting import eventually

CLICKS = 40


def ledger(program, *arguments):
    """Runs `ledger`; returns its exit code and its JSON."""
    done = program.run("ledger", "--format", "json", "--wait", "0s", *arguments, timeout=60)
    assert done.stdout, done
    return done.returncode, json.loads(done.stdout)


def terms_when(program, within=30, **expected):
    """Waits until the ledger adds up with these terms."""

    def look():
        code, found = ledger(program)
        terms = found["terms"]
        assert code == 0 and found["adds_up"], found
        assert {name: terms[name] for name in expected} == expected, found
        return found

    return eventually(look, within=within, every=0.3, what=f"the ledger says {expected}")


def follow(program, code, times=CLICKS):
    for _ in range(times):
        assert program.client().follow(code).status == 302


def test_one_process(launch):
    program = launch.start("shrinkr")
    code = program.client().create()["code"]
    gone = program.client().create()["code"]
    follow(program, code)
    follow(program, gone, 3)
    # A click of a link that is deleted before it is counted is counted all the same.
    assert program.client().delete(f"/api/v1/links/{gone}").status == 204
    total = CLICKS + 3
    found = eventually(lambda: terms_when(program, answered=total, journaled=total, in_flight=0), what="all is settled")
    terms = found["terms"]
    assert (terms["counted"], terms["orphaned"]) == (total, 0)
    assert terms["dropped"] == terms["lost"] == terms["dead_lettered"] == 0
    text = program.run("ledger").stdout
    assert "answered" in text and text.rstrip().endswith("It adds up."), text
    # Without the server its files say the same.
    program.stop()
    assert ledger(program) == (0, found)
    program.start()
    follow(program, code)
    program.kill()
    terms_when(program, answered=total + CLICKS, journaled=total + CLICKS)
    program.start()
    terms_when(program, answered=total + CLICKS, counted=terms["counted"] + CLICKS, in_flight=0)


def test_every_place_a_click_can_be(services, queue):
    api, worker = services
    api.start()
    code = api.client().create()["code"]
    follow(api, code)
    terms_when(worker, answered=CLICKS, published=CLICKS, in_queue=CLICKS, counted=0)
    worker.start()
    assert_clicks(api.client(), {code: CLICKS})
    terms_when(api, answered=CLICKS, counted=CLICKS, in_flight=0)
    worker.stop()
    # A frame that came from nowhere near a journal of ours, dead because of what stands beside it.
    frame = Journal().frame([click(code, now())] * 5)
    queue.sqs.send_message(QueueUrl=queue.dead_url, MessageBody=frame)
    queue.sqs.send_message(QueueUrl=queue.dead_url, MessageBody="rubbish")
    found = terms_when(worker, counted=CLICKS)
    assert any("no click frames" in note for note in found["notes"]), found


def test_what_was_taken_away_is_missed(services, queue):
    api, worker = services
    api.start()
    code = api.client().create()["code"]
    follow(api, code)
    terms_when(worker, in_queue=CLICKS)
    queue.sqs.purge_queue(QueueUrl=queue.url)
    code, found = ledger(worker)
    assert code == 1 and not found["adds_up"], found
    assert any("published frames are not counted" in problem for problem in found["problems"]), found
    done = worker.run("ledger", "--wait", "0s")
    assert done.returncode == 1 and "It does NOT add up." in done.stdout


def test_dead_letters_are_listed_and_sent_again(services, queue):
    api, worker = services
    api.start()
    code = api.client().create()["code"]
    follow(api, code)
    terms_when(worker, in_queue=CLICKS)
    # Good frames die when a worker fails them often enough; here they are carried over.
    messages = queue.sqs.receive_message(QueueUrl=queue.url, MaxNumberOfMessages=10)["Messages"]
    for message in messages:
        queue.sqs.send_message(QueueUrl=queue.dead_url, MessageBody=message["Body"])
        queue.sqs.delete_message(QueueUrl=queue.url, ReceiptHandle=message["ReceiptHandle"])
    queue.sqs.send_message(QueueUrl=queue.dead_url, MessageBody="rubbish")
    terms_when(worker, dead_lettered=CLICKS, in_queue=0)
    listed = [json.loads(line) for line in worker.run("dead-letters", "list", "--format", "json").stdout.splitlines()]
    assert sum(letter.get("clicks") or 0 for letter in listed) == CLICKS
    assert ["rubbish" in letter["body"] for letter in listed].count(True) == 1
    assert [letter["is_counted"] for letter in listed] == [False] * (len(messages) + 1)
    text = worker.run("dead-letters", "list").stdout
    assert text.count("unreadable: ") == 1 and text.count("frame ") == len(messages), text
    dry = worker.run("dead-letters", "redrive", "--dry-run")
    assert dry.returncode == 0 and f"{len(messages)} would be sent" in dry.stdout, dry
    assert queue.dead() == len(messages) + 1
    done = worker.run("dead-letters", "redrive")
    assert done.returncode == 0 and f"{len(messages)} sent" in done.stdout and "1 unreadable" in done.stdout, done
    assert queue.dead() == 1
    worker.start()
    assert_clicks(api.client(), {code: CLICKS})
    terms_when(worker, counted=CLICKS, dead_lettered=0, in_flight=0)


def test_dead_letters_need_a_queue(launch):
    program = launch.start("shrinkr")
    done = program.run("dead-letters", "list")
    assert done.returncode == 2 and "SHRINKR_CLICK_QUEUE_URL" in done.stderr, done


@pytest.mark.parametrize("arguments", [["ledger"], ["journal", "inspect"], ["journal", "repair"]])
def test_a_mistyped_folder_is_an_error(launch, tmp_path, arguments):
    program = launch.make("shrinkr", SHRINKR_DATABASE_URL=None)
    done = program.run(*arguments, "--data-dir", str(tmp_path / "nowhere"))
    assert done.returncode == 2 and "--data-dir" in done.stderr and not done.stdout, done
    assert not (tmp_path / "nowhere").exists()


def test_the_journal_is_inspected_and_repaired(launch, aws, queue):
    # Nobody answers where the queue should be, so that everything stays in the journal.
    settings = aws.environment("http://127.0.0.1:1") | {"SHRINKR_CLICK_QUEUE_URL": queue.url_at("http://127.0.0.1:1")}
    api = launch.start("shrinkr-api", SHRINKR_REPORTS_URL=None, SHRINKR_SHUTDOWN_TIMEOUT="1s", **settings)
    code = api.client().create()["code"]
    follow(api, code)

    def inspect(*arguments):
        done = api.run("journal", "inspect", "--format", "json", *arguments)
        return done.returncode, json.loads(done.stdout)

    exit_code, running = inspect()
    assert exit_code == 0 and running["is_in_use"] and running["waiting_clicks"] == CLICKS, running
    done = api.run("journal", "repair")
    assert done.returncode == 1 and "in use" in done.stderr, done
    api.kill()
    exit_code, stopped = inspect("--frames")
    assert exit_code == 0 and not stopped["is_in_use"] and stopped["recorded"] == CLICKS, stopped
    assert sum(frame["clicks"] for frame in stopped["frames"]) + stopped["open_clicks"] == CLICKS
    assert "Everything can be read." in api.run("journal", "inspect").stdout
    # The first click's payload begins behind the headers of segment and record.
    segment = api.data_directory / "journal" / stopped["segments"][0]["name"]
    data = bytearray(segment.read_bytes())
    data[64 + 20 + 5] ^= 1
    segment.write_bytes(data)
    exit_code, damaged = inspect()
    assert exit_code == 1 and damaged["is_damaged"] and damaged["waiting_clicks"] == CLICKS - 1, damaged
    repaired = api.run("journal", "repair")
    assert repaired.returncode == 0 and "1 places" in repaired.stdout, repaired
    assert f"{CLICKS - 1} clicks" in repaired.stdout, repaired
    assert len(list((api.data_directory / "journal" / "damaged").iterdir())) == 1
    exit_code, mended = inspect()
    assert exit_code == 0 and mended["segments"][0]["regions_set_aside"] == 1, mended
