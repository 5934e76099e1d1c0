"""The kill switch: no entry passes it, every exit does, and it needs nothing else to work."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.binance_venue import awake, until
from tests.support.order_path import OrderPath, an_order, resting, selling, with_orders
from tests.support.sources import ROOT
from tools.domain.errors import StoreUnusable
from tools.domain.trading import OrderStatus
from tools.execution.guards import unless_killed, while_owned
from tools.execution.kill import KillSwitch

REJECTED, FILLED, CANCELLED = OrderStatus.REJECTED, OrderStatus.FILLED, OrderStatus.CANCELLED


def test_it_survives_its_process_and_is_cleared_once(tmp_path: Path) -> None:
    """INV-07."""
    KillSwitch(tmp_path).set("too fast")
    later = KillSwitch(tmp_path)
    assert later.is_set
    assert later.reason() == "too fast"
    later.set("again")
    assert later.clear() is True
    assert later.clear() is False
    assert not KillSwitch(tmp_path).is_set


def test_a_switch_that_cannot_be_read_counts_as_set(tmp_path: Path) -> None:
    """INV-07: in doubt, no entries."""
    blocked = tmp_path / "file"
    blocked.write_text("")
    assert KillSwitch(blocked / "home").is_set
    with pytest.raises(StoreUnusable, match="cannot set the kill switch"):
        KillSwitch(blocked / "home").set("never")


def test_it_can_be_set_with_nothing_of_keeper_loaded() -> None:
    """INV-07: the switch imports the standard library and two words of the domain."""
    code = (
        "import sys; import tools.execution.kill; "
        "print([m for m in sys.modules if m.split('.')[0] in "
        "('ccxt', 'sqlalchemy', 'numpy', 'memory', 'pydantic', 'aiohttp')])"
    )
    said = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "[]"


def test_set_no_entry_is_sent_and_exits_pass(tmp_path: Path) -> None:
    """INV-07, INV-09: looked at in the last function before the wire."""
    switch = KillSwitch(tmp_path)
    switch.set("enough")

    async def story(path: OrderPath) -> None:
        path.gateway.place(an_order("kp1"))
        path.gateway.place(selling("kp2"))
        assert await path.over("kp1") is REJECTED
        assert path.reason("kp1") == "the kill switch is set: enough"
        assert await path.over("kp2") is FILLED
        assert len(path.at_venue()) == 1

    with_orders(story, guards=[unless_killed(switch)])


def test_setting_it_withdraws_entries_within_a_second(tmp_path: Path) -> None:
    """INV-07: a resting entry and one on its way are withdrawn; nothing rests a second later."""
    switch = KillSwitch(tmp_path)

    async def story(path: OrderPath) -> None:
        path.gateway.place(resting("kp1"))
        await until(lambda: bool(path.statuses("kp1")))
        path.world.arm(kind="hold_after", where="order.place", seconds=0.1)
        path.gateway.place(resting("kp2"))
        await until(lambda: path.world.struck() == ["hold_after"])
        switch.set("now")
        await awake(0.8)
        assert not [order for order in path.at_venue() if order.is_open]
        assert path.statuses("kp1")[-1] is CANCELLED
        assert path.statuses("kp2")[-1] is CANCELLED

    with_orders(story, guards=[unless_killed(switch)])


def test_whoever_lost_the_account_sends_nothing_at_all() -> None:
    """INV-26: not even an exit: the new owner sends those."""

    async def story(path: OrderPath) -> None:
        path.gateway.place(selling("kp1"))
        assert await path.over("kp1") is REJECTED
        assert path.at_venue() == []

    with_orders(story, guards=[while_owned(lambda: False)])
