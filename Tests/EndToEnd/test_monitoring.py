"""Alerts and dashboard of gitops/monitoring, held against what a real Prometheus gets from the release program."""

import json
import re
import subprocess
import urllib.parse
import urllib.request
from pathlib import Path

import pytest
from support.waiting import eventually, free_port

REPOSITORY = Path(__file__).resolve().parents[2]
MONITORING = REPOSITORY / "gitops" / "monitoring"
# Where a metric's samples are, if not at its own name.
SUFFIX = re.compile(r"_(bucket|sum|count)$")


@pytest.fixture(scope="module")
def tools():
    script = REPOSITORY / "Tests" / "Scripts" / "prometheus.sh"
    done = subprocess.run([script, REPOSITORY / ".build" / "prometheus"], capture_output=True, text=True, check=True)
    return Path(done.stdout.strip())


class Prometheus:
    """A Prometheus server that scrapes one program four times a second and knows the alerts."""

    def __init__(self, tools, directory, target):
        self.url = f"http://127.0.0.1:{free_port()}"
        settings = {
            "global": {"scrape_interval": "250ms", "evaluation_interval": "250ms"},
            "rule_files": [str(MONITORING / "alerts.yml")],
            "scrape_configs": [{"job_name": "shrinkr", "static_configs": [{"targets": [target]}]}],
        }
        # JSON is YAML.
        (directory / "prometheus.yml").write_text(json.dumps(settings))
        self._log = (directory / "prometheus.log").open("w")
        self._process = subprocess.Popen(
            [
                tools / "prometheus", f"--config.file={directory / 'prometheus.yml'}",
                f"--storage.tsdb.path={directory / 'prometheus'}",
                f"--web.listen-address={self.url.removeprefix('http://')}",
            ],
            stdin=subprocess.DEVNULL, stdout=self._log, stderr=self._log,
        )  # fmt: skip

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._process.terminate()
        self._process.wait()
        self._log.close()

    def ask(self, what, **parameters):
        query = urllib.parse.urlencode(parameters)
        try:
            with urllib.request.urlopen(f"{self.url}/api/v1/{what}?{query}", timeout=10) as answer:
                return json.load(answer)["data"]
        except OSError:
            return None

    def value(self, expression):
        """What an expression that is one number comes to; None where there is nothing yet."""
        result = (self.ask("query", query=expression) or {}).get("result")
        return float(result[0]["value"][1]) if result else None


def alert_expressions():
    """Each rule's expression, as promtool reads the file."""
    text = (MONITORING / "alerts.yml").read_text()
    return re.findall(r"expr: (?:>-\n)?((?:.+\n)(?:          .+\n)*)", text)


def dashboard():
    return json.loads((MONITORING / "dashboard.json").read_text())


def dashboard_expressions():
    return [target["expr"] for panel in dashboard()["panels"] for target in panel["targets"]]


def names(expressions):
    return {name for text in expressions for name in re.findall(r"\bshrinkr_[a-z_]+", text)}


def test_rules(tools):
    done = subprocess.run([tools / "promtool", "check", "rules", MONITORING / "alerts.yml"], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    assert len(alert_expressions()) == int(re.search(r"(\d+) rules found", done.stdout)[1])


@pytest.mark.parametrize(
    "alert, series, minutes",
    [
        ("ShrinkrClicksDropped", {"shrinkr_clicks_dropped_total": "0 0 5+0x20"}, 3),
        ("ShrinkrJournalDamaged", {"shrinkr_journal_damaged_regions_total": "0 1+0x20"}, 3),
        (
            "ShrinkrClicksNotPublished",
            {"shrinkr_journal_clicks_pending": "9+0x40", "shrinkr_clicks_published_total": "7+0x40"},
            20,
        ),
        (
            "ShrinkrServerErrors",
            {
                'shrinkr_http_requests_total{status="503"}': "0+2x40",
                'shrinkr_http_requests_total{status="302"}': "0+100x40",
            },
            20,
        ),
        ("ShrinkrPoisonMessages", {'shrinkr_worker_poison_messages_total{reason="malformed"}': "0 1+0x20"}, 3),
        ("ShrinkrFlushesFail", {"shrinkr_worker_flush_failures_total": "0+1x40"}, 20),
        (
            "ShrinkrNothingFlushed",
            {"shrinkr_worker_window_clicks": "4+0x40", "shrinkr_worker_last_flush_timestamp_seconds": "60+0x40"},
            25,
        ),
        ("ShrinkrReportsFail", {"shrinkr_worker_report_failures_total": "0+1x40"}, 20),
    ],
)
def test_each_alert_rings(tools, tmp_path, alert, series, minutes):
    """Prometheus's own test of rules: before anything is wrong there is no alert, afterwards there is this one."""
    quiet = {name: "0+0x40" if "last_flush" not in name else "0+60x40" for name in series}
    cases = [
        {
            "interval": "1m",
            "input_series": [{"series": name, "values": values} for name, values in given.items()],
            "promql_expr_test": [
                {
                    "expr": f'count(ALERTS{{alertname="{alert}",alertstate="firing"}})',
                    "eval_time": f"{minutes}m",
                    "exp_samples": [{"labels": "{}", "value": 1}] if rings else [],
                }
            ],
        }
        for given, rings in ((quiet, False), (series, True))
    ]
    file = tmp_path / "test.yml"
    file.write_text(json.dumps({"rule_files": [str(MONITORING / "alerts.yml")], "tests": cases}))
    done = subprocess.run([tools / "promtool", "test", "rules", file], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_alert_is_tried():
    tried = {mark.args[1][index][0] for mark in test_each_alert_rings.pytestmark for index in range(len(mark.args[1]))}
    assert tried == set(re.findall(r"- alert: (\w+)", (MONITORING / "alerts.yml").read_text()))


def test_prometheus_knows_what_they_name(tools, launch, tmp_path):
    server = launch.start("shrinkr", SHRINKR_FLUSH_INTERVAL="1s")
    client = server.client()
    client.create(code="watched")
    for _ in range(7):
        client.follow("watched")
    # A request that is held back by a limit is the first of its series.
    optional = {"shrinkr_rate_limited_total"}
    with Prometheus(tools, tmp_path, f"127.0.0.1:{server.admin_port}") as prometheus:
        eventually(
            lambda: prometheus.value("sum(shrinkr_worker_clicks_counted_total)") == 7, what="Prometheus sees the clicks"
        )
        assert prometheus.value("sum(shrinkr_redirects_total)") == 7
        assert prometheus.value("up") == 1
        known = set(prometheus.ask("label/__name__/values"))
        kinds = prometheus.ask("metadata")
        for name in names(alert_expressions() + dashboard_expressions()) - optional:
            assert name in known, f"Prometheus has no {name}"
            assert SUFFIX.sub("", name) in kinds, f"{name} has no help"
        assert [rule["health"] for group in prometheus.ask("rules")["groups"] for rule in group["rules"]] == [
            "ok"
        ] * len(alert_expressions())
        assert prometheus.ask("alerts")["alerts"] == []
        for expression in dashboard_expressions():
            expression = expression.replace("$__rate_interval", "1m").replace("$instance", ".*")
            assert prometheus.ask("query", query=expression) is not None, expression


def test_panels_have_places_of_their_own():
    places = [(panel["gridPos"]["x"], panel["gridPos"]["y"]) for panel in dashboard()["panels"]]
    assert len(set(places)) == len(places)
    assert len({panel["id"] for panel in dashboard()["panels"]}) == len(places)
