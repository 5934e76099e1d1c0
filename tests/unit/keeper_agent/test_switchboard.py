"""Every part of the switchboard is set otherwise with it than without it; the base is what it says."""

from __future__ import annotations

from dataclasses import replace

import pytest

from keeper_agent.lab.switchboard import EVERYTHING, PARTS, SHIPPED, Stream
from tests.support.laboratory import operator

STREAM = Stream(scenario="T3", seeds=(11,), minutes=2.0, coins=2, keeper=operator())


@pytest.mark.parametrize("name", PARTS)
def test_a_part_is_set_otherwise_with_it_than_without_it(name: str) -> None:
    (base,) = STREAM.jobs()
    here, gone = (PARTS[name].switch(base, is_on=is_on) for is_on in (True, False))
    assert here != gone
    assert PARTS[name].switch(gone, is_on=True) == here


def test_the_base_of_everything_has_more_parts_than_the_shipped_one() -> None:
    every = {name for name, part in PARTS.items() if STREAM.has(part)}
    shipped = {name for name, part in PARTS.items() if replace(STREAM, base=SHIPPED).has(part)}
    assert STREAM.base == EVERYTHING
    assert shipped < every
    assert not {name for name in every if PARTS[name].is_alone}
