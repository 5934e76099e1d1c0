"""A reason may repeat what it was shown, and nothing else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prompts.claims import Supplied, false_claims, supplied_by
from prompts.render import EARLIER, constant_part, render_consult
from tests.support.proposals import a_neighbour, a_signal, a_vote
from tools.domain.errors import NotInRecord
from tools.domain.identity import content_hash

EVIDENCE = {
    "signal": {"symbol": "ALGO3USDT", "mid": 0.2001, "spread_bps": 5.0, "return_60s": -3.456},
    "votes": [{"component": "pattern", "probability": 0.6123, "reason": "12 similar states earned +4.7 bps"}],
    "neighbours": [{"id": "o_0123456789", "net_bps": 1234.5}, {"id": "o_abcdefabcd", "net_bps": -2}],
}
SUPPLIED = supplied_by(EVIDENCE, {"o_0123456789", "o_abcdefabcd"})


@pytest.mark.parametrize(
    "reason",
    [
        "spread is 5 bps",
        "spread is 5.0 bps and mid 0.2",
        "win odds of 61 % (0.61, 61.2%, 61.23 percent)",
        "return_60s fell 3.46",
        "return_60s is -3.5",
        "both 2 neighbours; one earned 1,234.5 bps",
        "12 similar states earned +4.7 bps",
        "o_0123456789 lost 2",
        "ALGO3USDT looks thin",
        "no number at all",
        "size 0.25",
    ],
)
def test_what_was_shown_may_be_said(reason: str) -> None:
    assert false_claims(reason, SUPPLIED, (0.25,)) == []


@pytest.mark.parametrize(
    ("reason", "foreign"),
    [
        ("wins 87 % of the time", ["87"]),
        ("spread is 5.1 bps", ["5.1"]),
        ("mid is 0.2003", ["0.2003"]),
        ("earned 1,234.6", ["1,234.6"]),
        ("earned 1e9 bps", ["1e9"]),
        ("13 states and 87 wins", ["13", "87"]),
        ("as o_9999999999 shows", ["o_9999999999"]),
        ("see l_deadbeef and 5 bps", ["l_deadbeef"]),
        ("size 0.75", ["0.75"]),
    ],
)
def test_what_was_not_shown_is_named(reason: str, foreign: list[str]) -> None:
    assert false_claims(reason, SUPPLIED, (0.25,)) == foreign


@given(value=st.floats(0.001, 1e6), digits=st.integers(0, 6))
def test_a_number_is_supplied_at_any_rounding_and_not_a_step_beside_it(value: float, digits: int) -> None:
    supplied = Supplied((value,), frozenset(), frozenset())
    written = f"{value:.{digits}f}"
    assert false_claims(f"it is {written}", supplied) == []
    beside = f"{float(written) + 1.6 * 10.0**-digits:.{digits}f}"
    scaled = round(value * 100, digits)
    if abs(scaled - float(beside)) > 2 * 10.0**-digits:
        assert false_claims(f"it is {beside}", supplied) == [beside]


def test_a_prompt_supplies_its_own_counts() -> None:
    neighbours = [a_neighbour(i, net) for i, net in enumerate((5.0, -3.0, 2.0))]
    supplied = render_consult(a_signal(), (a_vote("pattern", 0.6, 3.0),), neighbours).supplied
    assert false_claims("3 neighbours: 2 made money, 1 lost, mean +1.33 bps, edge 0.6 ± 3", supplied) == []
    assert false_claims("8 of 9 made money", supplied) == ["8", "9"]


PINNED = {
    "consult-2": "05f7e3ae634a485535441446d86172e289810e4c483b99cd4f6bc9a2893952c6",
    "consult-3": "25378f63cd55f6acdd30853d8973643aed4ebc4b08b0ee0b536ddd65db2c4c50",
}


def test_a_text_that_changes_gets_another_version() -> None:
    text, version = constant_part("consult")
    assert PINNED[version] == content_hash(text.encode()), "change the version on the text's first line, too"
    assert set(PINNED) == {version, *EARLIER}, "what decisions were asked with is kept"
    for earlier in EARLIER:
        kept = constant_part("consult", earlier)
        assert (kept[1], content_hash(kept[0].encode())) == (earlier, PINNED[earlier])


def test_a_prompt_of_an_earlier_version_is_what_it_was_to_the_last_byte() -> None:
    """The fingerprint is of a program that knew no other version."""
    evidence = (a_signal(), (a_vote("pattern", 0.6, 3.0, "o_1"),), (a_neighbour(1), a_neighbour(2)))
    told = render_consult(*evidence, {"won_share": 0.65}, {"decisions": 4137.0}, "consult-2")
    assert told.fingerprint == "8a954bb075111dd240508cf52f2ec6ff83cb0a7bf6a0072081f70db58abb4099"
    assert false_claims("of 4137 decisions", told.supplied) == ["4137"], "what was not shown may not be said"


@pytest.mark.parametrize("version", ["consult-1", "consult-9", "ask-1", "../../README"])
def test_a_version_that_is_not_kept_is_refused(version: str) -> None:
    with pytest.raises(NotInRecord, match="in a version that is kept"):
        render_consult(a_signal(), (), (), version=version)


def test_what_happened_lately_is_supplied_and_its_neighbours_are_not() -> None:
    figures = {"decisions": 50.0, "refused_by.rule.spoofing": 17.0, "followed_mean_net_bps": -3.4567}
    told = render_consult(a_signal(), (), (), lately=figures)
    assert told.version == "consult-3"
    assert '"refused_by.rule.spoofing": 17.0' in told.user
    assert false_claims("17 of 50 refused as spoofing, followed lost 3.46 bps", told.supplied) == []
    assert false_claims("18 of 51 lost 3.47 bps", told.supplied) == ["18", "51", "3.47"]
    plain = render_consult(a_signal(), (), ())
    assert "symbol_lately" not in plain.user
    assert false_claims("17 of the last lost 3.46 bps", plain.supplied) == ["17", "3.46"]
