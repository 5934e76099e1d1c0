"""An explanation holds everything the record says, and keeps later knowledge apart."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from graphs.explanation import explain
from memory.store import Store
from tests.support.remembered import a_remembered_day
from tools.domain.errors import BadUsage, NotInRecord
from tools.domain.trading import Decision
from tools.features.names import FEATURES
from tools.features.units import UNIT_OF

Told = tuple[Store, dict[str, Decision]]


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Told]:
    home = tmp_path_factory.mktemp("home")
    decisions = a_remembered_day(home)
    with Store.open(home, read_only=True) as store:
        yield store, decisions


def test_every_feature_has_a_unit() -> None:
    assert set(UNIT_OF) == set(FEATURES)


def test_what_was_known_holds_inputs_votes_route_size_clamps_and_versions(told: Told) -> None:
    then = explain(told[0], told[1]["buy"].decision_id)["known_then"]
    assert (then["action"], then["route"], then["is_probe"]) == ("enter", "pattern", False)
    assert {one["name"]: (one["value"], one["unit"]) for one in then["inputs"]} == {
        "mid": (61_000.05, "quote per base"),
        "regime": ("calm", "regime"),
        "spoofing_score": (None, "share"),
    }
    vote = then["votes"][-1]
    assert (vote["component"], vote["stance"], vote["expected_bps"], vote["interval_bps"]) == (
        "pattern",
        "enter",
        1.25,
        0.5,
    )
    assert vote["evidence"] == list(told[1]["buy"].recalled)
    assert then["size_plan"]["reasoning"] == "adaptive, conservative: one order"
    assert then["clamps"][0]["limit"] == "max_order_size_usd"
    assert (then["parameters_version"], then["model_version"]) == (3, "m_1")
    assert then["breakeven"] == pytest.approx(told[1]["buy"].breakeven)


def test_recalled_neighbours_come_with_their_result(told: Told) -> None:
    then = explain(told[0], told[1]["buy"].decision_id)["known_then"]
    assert [(one["decision_id"], one["net_bps"]) for one in then["recalled"]] == [
        (told[1]["won"].decision_id, 10.0)
    ]
    assert then["recalled_missing"] == []


def test_what_came_later_holds_orders_fills_and_both_outcomes(told: Told) -> None:
    later = explain(told[0], told[1]["won"].decision_id)["known_later"]
    assert [intent["leg"] for intent in later["intents"]] == ["entry", "exit"]
    assert [order["status"] for order in later["orders"]] == ["filled", "filled"]
    assert len(later["fills"]) == 2
    assert (later["outcome_taken"]["net_bps"], later["outcome_taken"]["result"]) == (10.0, "take_profit")
    assert later["outcome_taken"]["net_quote"] == "0.061"
    assert (later["outcome_shadow"]["net_bps"], later["outcome_shadow"]["mfe_bps"]) == (9.0, 9.0)
    assert later["outcome_shadow"]["mae_bps"] == -1.5


def test_the_graph_has_typed_nodes_and_edges_that_meet_them(told: Told) -> None:
    graph = explain(told[0], told[1]["buy"].decision_id)["graph"]
    kinds = {node["id"]: node["kind"] for node in graph["nodes"]}
    assert {"decision", "signal", "symbol", "regime", "pattern", "model", "fill", "outcome"} <= set(
        kinds.values()
    )
    assert {edge["relation"] for edge in graph["edges"]} >= {
        "based_on",
        "matched",
        "executed_as",
        "resulted_in",
    }
    assert all(edge["source"] in kinds and edge["target"] in kinds for edge in graph["edges"])


def test_a_unique_beginning_is_enough(told: Told) -> None:
    whole = told[1]["buy"].decision_id
    assert explain(told[0], whole[:9])["decision_id"] == whole
    assert explain(told[0], whole[2:9])["decision_id"] == whole


def test_an_unknown_id_says_how_to_find_one(told: Told) -> None:
    with pytest.raises(NotInRecord, match="keeper ask"):
        explain(told[0], "d_ffffffffff")
    with pytest.raises(BadUsage):
        explain(told[0], "d_")


def test_a_refused_signal_has_no_orders_and_says_who_refused(told: Told) -> None:
    found = explain(told[0], told[1]["skip2"].decision_id)
    assert found["known_later"]["intents"] == []
    assert found["known_then"]["size_plan"] is None
    refusing = [vote["component"] for vote in found["known_then"]["votes"] if vote["stance"] == "skip"]
    assert refusing == ["rule.mm_confidence", "rule.spoofing"]
