"""The metrics of a living agent and of a record, scraped over HTTP and read by Prometheus's own parser."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from sqlite3 import connect
from stat import S_IMODE
from typing import Any

import pytest
from prometheus_client import Metric
from prometheus_client.parser import text_string_to_metric_families

from keeper_agent.api.scraping import TOKEN_FILE, Scrape
from keeper_agent.broken import BROKEN_FILE, count_broken, note_broken
from keeper_agent.heart import write_heartbeat
from keeper_agent.metrics.agent import agent_samples
from keeper_agent.metrics.catalogue import CATALOGUE, PREFIX
from keeper_agent.metrics.exposition import MOST_SERIES, Buckets, Sample, exposition
from keeper_agent.metrics.record import RecordTotals
from memory.connection import DATABASE
from memory.store import Store
from tests.support.api import Caller, Reply, served
from tests.support.commands import Here
from tests.support.living import session
from tests.support.remembered import a_remembered_day
from tools.domain.errors import InvariantBroken
from tools.execution.kill import KillSwitch, PauseSwitch

Values = dict[tuple[str, frozenset[tuple[str, str]]], float]


def families(text: bytes) -> list[Metric]:
    return list(text_string_to_metric_families(text.decode()))


def values(text: bytes) -> Values:
    """Every sample by its name and labels."""
    found: Values = {}
    for family in families(text):
        for sample in family.samples:
            key = sample.name, frozenset(sample.labels.items())
            assert key not in found, key
            found[key] = sample.value
    return found


def scrape(call: Caller) -> Reply:
    return call("GET", "/metrics")


def of(found: Values, name: str, **labels: str) -> float | None:
    return found.get((PREFIX + name, frozenset(labels.items())))


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, Values, dict[str, Any]]]:
    home = tmp_path_factory.mktemp("metrics")
    with session(home) as found, served(home) as call:
        found.play_to(90)
        found.reporter._figured_at = 0
        write_heartbeat(home, call.desk.clock)
        reply = scrape(call)
        assert reply.status == 200
        yield home, values(reply.body), call.desk.status()


def test_the_text_is_what_prometheus_reads_and_what_the_catalogue_says(
    lived: tuple[Path, Values, dict[str, Any]],
) -> None:
    with served(lived[0]) as call:
        reply = scrape(call)
    assert reply.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    said = {metric.name: metric for metric in CATALOGUE}
    for family in families(reply.body):
        metric = said[family.name.removeprefix(PREFIX)]
        assert (family.type, family.documentation) == (metric.kind.value, metric.help)
        for sample in family.samples:
            assert set(sample.labels) - {"le"} == set(metric.labels), sample


def test_counters_are_those_of_the_record(lived: tuple[Path, Values, dict[str, Any]]) -> None:
    home, found, _ = lived
    with closing(connect(f"file:{home / DATABASE}?mode=ro", uri=True)) as memory:
        rows = memory.execute("select world, route, action, count(*) from decision group by 1, 2, 3")
        expected = {(w, r, a): n for w, r, a, n in rows}
        fees, net = memory.execute(
            "select sum(fees_quote), sum(net_quote) from outcome where kind = 'taken' and net_quote not null"
        ).fetchone()
        signals = memory.execute("select count(*) from signal").fetchone()[0]
        fills = memory.execute("select count(*) from fill").fetchone()[0]
    assert len(expected) > 1
    for (world, route, action), n in expected.items():
        assert of(found, "decisions_total", world=world, route=route, action=action) == n
    assert sum(v for (name, _), v in found.items() if name == "keeper_signals_total") == signals > 0
    assert sum(v for (name, _), v in found.items() if name == "keeper_fills_total") == fills > 0
    assert of(found, "fees_quote_total", world="recorded", quote="USDT") == pytest.approx(fees)
    assert of(found, "profit_quote", world="recorded", quote="USDT") == pytest.approx(net)


def test_what_is_live_is_what_the_agent_says(lived: tuple[Path, Values, dict[str, Any]]) -> None:
    _, found, status = lived
    (row,) = status["symbols"]
    assert of(found, "source_up", source="agent") == of(found, "source_up", source="record") == 1
    assert of(found, "book_messages_total", symbol="BTCUSDT") == row["feed"]["book_messages"] > 0
    assert of(found, "book_sound", symbol="BTCUSDT") == 1
    assert of(found, "spread_ratio", symbol="BTCUSDT") == pytest.approx(row["spread_bps"] / 1e4)
    assert of(found, "live_money") == 0
    decisions = status["run"]["decisions"]
    assert of(found, "latency_seconds_count", stage="decision") == decisions > 0
    assert of(found, "frame_interval_seconds_count") == 89
    assert of(found, "decisions_last_hour") == decisions
    assert of(found, "build_info") is None, "it has labels"
    age = of(found, "heartbeat_age_seconds")
    assert age is not None
    assert 0 <= age < 30


def test_buckets_only_grow_and_end_at_the_count(lived: tuple[Path, Values, dict[str, Any]]) -> None:
    found = lived[1]
    buckets = {
        dict(labels)["le"]: value
        for (name, labels), value in found.items()
        if name == "keeper_latency_seconds_bucket" and ("stage", "decision") in labels
    }
    ordered = [buckets[bound] for bound in sorted(buckets, key=float)]
    assert ordered == sorted(ordered)
    assert buckets["+Inf"] == of(found, "latency_seconds_count", stage="decision")


def test_without_an_agent_the_record_and_the_home_are_still_told(tmp_path: Path) -> None:
    a_remembered_day(tmp_path)
    with served(tmp_path) as call:
        found = values(scrape(call).body)
        assert of(found, "source_up", source="agent") == 0
        assert of(found, "source_up", source="record") == 1
        assert of(found, "heartbeat_age_seconds") is None
        assert of(found, "entries_forbidden", by="kill") == of(found, "entries_forbidden", by="pause") == 0
        KillSwitch(tmp_path).set("test")
        PauseSwitch(tmp_path).set("test")
        found = values(scrape(call).body)
        assert of(found, "entries_forbidden", by="kill") == of(found, "entries_forbidden", by="pause") == 1


def test_an_empty_home_says_that_there_is_no_record(tmp_path: Path) -> None:
    with served(tmp_path / "empty") as call:
        found = values(scrape(call).body)
    assert of(found, "source_up", source="record") == 0
    assert of(found, "invariants_broken_total") == 0


def test_profit_and_drawdown_follow_the_round_trips(tmp_path: Path) -> None:
    a_remembered_day(tmp_path)
    totals = RecordTotals()
    with Store.open(tmp_path, read_only=True) as store:
        totals.look(store)
        query = "select net_quote from outcome where kind = 'taken' and net_quote is not null order by rowid"
        nets = [float(row[0]) for row in store.fetch(query, {})]
    assert len(nets) == 5
    path = [0.0]
    for net in nets:
        path.append(path[-1] + net)
    told = {sample.name: sample.value for sample in totals.samples()}
    assert told["profit_quote"] == pytest.approx(path[-1])
    assert told["drawdown_quote"] == pytest.approx(max(path) - path[-1])


def test_a_second_look_counts_only_what_is_new_and_the_same_as_a_fresh_one(tmp_path: Path) -> None:
    totals = RecordTotals()
    with session(tmp_path) as found:
        for second in (30, 60, 90):
            found.play_to(second)
            with Store.open(tmp_path, read_only=True) as store:
                totals.look(store)
                fresh = RecordTotals()
                fresh.look(store)
            assert sorted(totals.samples(), key=str) == sorted(fresh.samples(), key=str)
        before = sorted(totals.samples(), key=str)
        with Store.open(tmp_path, read_only=True) as store:
            totals.look(store)
        assert sorted(totals.samples(), key=str) == before


def test_another_record_in_the_same_place_is_counted_anew(tmp_path: Path) -> None:
    a_remembered_day(tmp_path / "day")
    totals = RecordTotals()
    with session(tmp_path / "other") as found:
        found.play_to(60)
        with Store.open(tmp_path / "other", read_only=True) as store:
            totals.look(store)
    fresh = RecordTotals()
    with Store.open(tmp_path / "day", read_only=True) as store:
        totals.look(store)
        fresh.look(store)
    assert sorted(totals.samples(), key=str) == sorted(fresh.samples(), key=str)


def test_a_venue_that_says_anything_stays_one_label() -> None:
    nasty = 'a"b\\c\nkeeper_positions 7'
    found = values(exposition([Sample("queue_depth", 3, (nasty,))]))
    assert found == {("keeper_queue_depth", frozenset({("queue", nasty)})): 3.0} | {
        ("keeper_series_left_out", frozenset()): 0.0
    }


def test_a_family_has_a_bounded_number_of_series() -> None:
    text = exposition(Sample("exposure_usd", n, (f"C{n:04d}USDT",)) for n in range(MOST_SERIES + 50))
    found = values(text)
    assert sum(name == "keeper_exposure_usd" for name, _ in found) == MOST_SERIES
    assert of(found, "series_left_out") == 50


def test_what_does_not_fit_the_catalogue_is_refused() -> None:
    with pytest.raises(KeyError):
        exposition([Sample("nothing", 1)])
    with pytest.raises(ValueError, match="has the labels"):
        exposition([Sample("positions", 1, ("BTCUSDT",))])
    with pytest.raises(ValueError, match="given twice"):
        exposition([Sample("positions", 1), Sample("positions", 2)])
    with pytest.raises(TypeError, match="given was a histogram"):
        exposition([Sample("positions", Buckets((1.0,), (1, 0), 0.5))])


def test_an_equity_without_a_mid_is_not_told(lived: tuple[Path, Values, dict[str, Any]]) -> None:
    _, found, status = lived
    realised = of(found, "profit_quote", world="recorded", quote="USDT")
    equity = of(found, "equity_quote", quote="USDT")
    assert realised is not None
    assert equity is not None
    (row,) = status["symbols"]
    held = {"symbol": "BTCUSDT", "size": "2", "price": str(row["mid"] - 3)}
    told = {s.name: s.value for s in agent_samples({**status, "positions": [held]}, {})}
    assert told["equity_quote"] == pytest.approx(6)
    blind = {**status, "positions": [held], "symbols": [{**row, "mid": None}]}
    assert "equity_quote" not in {s.name for s in agent_samples(blind, {})}


def test_only_who_may_scrapes(tmp_path: Path) -> None:
    with served(tmp_path) as call:
        token = (tmp_path / TOKEN_FILE).read_text().strip()
        assert S_IMODE((tmp_path / TOKEN_FILE).stat().st_mode) == 0o600
        assert call("GET", "/metrics", scope=None).status == 401
        wrong = call("GET", "/metrics", scope=None, Authorization=f"Bearer {'0' * 64}")
        assert (wrong.status, token.encode() in wrong.body) == (401, False)
        assert call("GET", "/metrics", scope=None, Authorization=f"Bearer {token}").status == 200
        elsewhere = call("GET", "/api/decisions", scope=None, Authorization=f"Bearer {token}")
        assert elsewhere.status == 401, "the scrape token reads metrics alone"
        assert token.encode() not in scrape(call).body
        door = Scrape(call.desk)
    assert door.lets_in(token, "127.0.0.1")
    assert not door.lets_in(token, "192.0.2.7")
    assert not door.lets_in(token, None)


def test_a_broken_promise_is_counted_where_the_command_ended(
    own_home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def break_it(**_: Any) -> None:
        raise InvariantBroken("two and two were five")

    monkeypatch.setattr("keeper_agent.commands.doctor.examine", break_it)
    assert Here(monkeypatch, capsys)("doctor").code == 9
    assert count_broken(own_home) == 0, "a home that is not there is not made for it"
    own_home.mkdir()
    assert Here(monkeypatch, capsys)("doctor").code == 9
    assert count_broken(own_home) == 1
    note_broken(own_home, "again")
    assert count_broken(own_home) == 2
    assert S_IMODE((own_home / BROKEN_FILE).stat().st_mode) == 0o600
