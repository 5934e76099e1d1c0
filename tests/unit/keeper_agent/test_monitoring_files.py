"""The dashboard and the alert rules: well formed, and about nothing that is not measured."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from typing import Any

import pytest
import yaml

from keeper_agent.metrics.catalogue import CATALOGUE, Kind
from tests.support.documents import METRICS_PAGE, ROOT, metrics_page
from tests.support.promql import BadQuery, read_query

ALERTS = ROOT / "examples" / "alerts.yml"
DASHBOARD = ROOT / "examples" / "grafana" / "keeper.json"
DURATION = re.compile(r"[1-9]\d*[smhd]")
EVERYWHERE = {"job", "instance"}  # labels that the scraper adds
GIVEN = {"up": set[str]()}  # metrics that the scraper makes


def known() -> dict[str, set[str]]:
    """Every series a query may name, with its labels."""
    found = dict(GIVEN)
    for metric in CATALOGUE:
        labels = set(metric.labels)
        if metric.kind is Kind.HISTOGRAM:
            for end, more in (("_bucket", {"le"}), ("_sum", set()), ("_count", set())):
                found[metric.full_name + end] = labels | more
        else:
            found[metric.full_name] = labels
    return found


def rules() -> list[dict[str, Any]]:
    return [rule for group in yaml.safe_load(ALERTS.read_text("utf-8"))["groups"] for rule in group["rules"]]


def panels() -> list[dict[str, Any]]:
    return [one for one in json.loads(DASHBOARD.read_text("utf-8"))["panels"] if one["type"] != "row"]


def queries() -> Iterator[tuple[str, str]]:
    """Every query of both files with the words in which its labels may be told."""
    for rule in rules():
        yield rule["expr"], " ".join(map(str, rule["annotations"].values()))
    for panel in panels():
        for target in panel["targets"]:
            yield target["expr"], target["legendFormat"]


def test_every_query_is_well_formed_and_names_what_there_is() -> None:
    series = known()
    for text, told in queries():
        query = read_query(text)
        assert query.metrics, text
        has: set[str] = set(EVERYWHERE)
        for name, labels in query.metrics:
            assert name in series, f"{name} of {text} is not measured"
            assert labels <= series[name] | EVERYWHERE, text
            has |= series[name]
        assert query.grouped <= has, text
        shown = set(re.findall(r"\{\{\s*(?:\$labels\.)?(\w+)\s*\}\}", told))
        assert shown <= (query.grouped or has), f"{told} tells labels that {text} has not"


def test_every_metric_is_shown_or_alerted_on() -> None:
    named = {name for text, _ in queries() for name, _ in read_query(text).metrics}
    unseen = [m.full_name for m in CATALOGUE if not any(name.startswith(m.full_name) for name in named)]
    assert unseen == []


def test_counters_are_only_asked_for_their_growth() -> None:
    for text, _ in queries():
        for name, _labels in read_query(text).metrics:
            if name.endswith(("_total", "_bucket")):
                assert re.search(rf"(?:rate|increase)\({name}\b", text), text


def test_each_rule_says_how_bad_it_is_and_what_to_do() -> None:
    names = [rule["alert"] for rule in rules()]
    assert len(set(names)) == len(names)
    for rule in rules():
        assert set(rule) <= {"alert", "expr", "for", "labels", "annotations"}, rule["alert"]
        assert rule["labels"]["severity"] in ("critical", "warning", "info")
        assert set(rule["annotations"]) == {"summary", "action"}
        assert "for" not in rule or DURATION.fullmatch(rule["for"])


def test_promtool_takes_the_rules() -> None:
    tool = shutil.which("promtool")
    if tool is None:
        pytest.skip("promtool is not installed; tests.support.promql reads every query instead")
    done = subprocess.run([tool, "check", "rules", str(ALERTS)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_panels_do_not_overlap_and_say_what_they_show() -> None:
    taken: set[tuple[int, int]] = set()
    for panel in json.loads(DASHBOARD.read_text("utf-8"))["panels"]:
        place = panel["gridPos"]
        assert place["x"] + place["w"] <= 24
        cells = {
            (x, y)
            for x in range(place["x"], place["x"] + place["w"])
            for y in range(place["y"], place["y"] + place["h"])
        }
        assert not cells & taken, panel["title"]
        taken |= cells
    ids = [panel["id"] for panel in panels()]
    assert len(set(ids)) == len(ids)
    assert all(panel["description"] for panel in panels())


def test_names_follow_prometheus() -> None:
    units = ("_seconds", "_bytes", "_usd", "_quote", "_ratio")
    for metric in CATALOGUE:
        assert re.fullmatch(r"[a-z][a-z0-9_]*", metric.name)
        assert not metric.name.endswith("_total"), "the type adds it"
        assert not set(metric.labels) & {"le", "quantile", "job", "instance"}
        if metric.kind is Kind.HISTOGRAM:
            assert metric.name.endswith("_seconds")
        for word in ("bps", "ms", "percent"):
            assert word not in metric.name.split("_"), f"{metric.name}: only {units} are units"
    assert len({metric.name for metric in CATALOGUE}) == len(CATALOGUE)


@pytest.mark.parametrize(
    "planted",
    [
        "keeper_positions >",
        "rate(keeper_positions)",
        "sum by (le (keeper_positions)",
        "keeper_positions[5m]",
        "rates(keeper_decisions_total[5m])",
        'keeper_queue_depth{queue="rows}',
        "keeper_queue_depth{queue=rows}",
        "keeper_positions and 3",
        "keeper_positions[5 m]",
        "(keeper_positions",
        "histogram_quantile(keeper_latency_seconds_bucket, 0.9)",
        "keeper_positions keeper_positions",
        "",
    ],
)
def test_a_planted_fault_is_refused(planted: str) -> None:
    with pytest.raises(BadQuery):
        read_query(planted)


def test_the_page_tells_every_metric() -> None:
    assert METRICS_PAGE.read_text("utf-8") == metrics_page(), "run python -m tests.support.documents"
