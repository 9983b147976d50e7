"""A standby that was behind is promoted: what only the old server knew is gone."""

from support.postgresql import Name
from support.waiting import eventually

LINKS = "/api/v1/links"


def test_an_edit_that_a_failover_lost_is_forgotten(make_server, make_stage, tmp_path):
    """A standby that was behind is promoted: what only the old server knew is gone, and no API goes on to follow it."""
    first = make_server()
    second = make_server(source=first, host="127.0.0.2", port=first.port)
    name = Name(tmp_path, "database.test", first.host)
    url = first.database().url_at((name.name, first.port), sslmode="disable")
    stage = make_stage(apis=2, SHRINKR_DATABASE_URL=url)
    for program in stage.programs:
        name.place(program)
    assert stage.api.run("migrate").returncode == 0
    stage.start()
    client = stage.client
    client.create("https://example.com/kept", code="edited")
    has_all = f"SELECT pg_last_wal_replay_lsn() >= '{first.query('SELECT pg_current_wal_lsn()')[0][0]}'"
    eventually(lambda: second.query(has_all) == [["t"]], what="the standby has the link")
    second.stop()
    assert client.patch(f"{LINKS}/edited", json={"url": "https://example.com/lost"}).status == 200
    # In memory for good: a later change of somebody else is known, and this one's own word in the feed has been read.
    assert client.follow("marker").status == 404
    stage.apis[1].client().create(code="marker")
    eventually(lambda: client.follow("marker").status == 302, what="a new link is known everywhere")
    assert client.follow("edited").headers["Location"] == "https://example.com/lost"
    process = stage.api.process.pid

    first.stop("immediate")
    second.start()
    second.promote()
    # Others are quicker than the API: the new server is at a later transaction than the old one ever was.
    second.query("DO $$ BEGIN FOR i IN 1..5000 LOOP PERFORM pg_current_xact_id(); COMMIT; END LOOP; END $$")
    name.lead_to(second.host)
    leads_back = lambda: client.follow("edited").headers["Location"] == "https://example.com/kept"  # noqa: E731
    eventually(leads_back, within=20, every=0.2, what="the link leads where the database says")
    assert stage.api.process.pid == process and stage.api.is_running
