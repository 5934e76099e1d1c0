"""Latency, loss and cost of a client, joined from what the sender and the client kept."""

from pathlib import Path

import msgspec
import numpy as np
import pytest

from benchmarks.feed.clients import Cost, Sheet, client_of
from benchmarks.feed.sockets import WARM_S, figures, table
from benchmarks.loopback.log import LOG, STATE_FILE, write_log
from benchmarks.loopback.plan import LoadPlan

PLAN = LoadPlan(symbols=1, rate=100, seconds=WARM_S + 1)
WARM = int(WARM_S * 100)
MS = 1_000_000


def kept(folder: Path, *, lost: int = 0, unseen: int = 0) -> None:
    n = PLAN.messages
    log = np.zeros(n, LOG)
    log["ts_sent"] = 10**9 + np.arange(n) * 10 * MS
    handled = log["ts_sent"] + 2 * MS
    handled[:WARM] += 50 * MS  # the warm-up does not count
    handled[WARM + 5 : WARM + 5 + lost] = 0
    reached = handled + MS * (handled > 0)
    reached[WARM + 20 : WARM + 20 + unseen] = 0
    write_log(folder, log)
    np.save(folder / "handled.npy", np.array([handled, reached]))
    (folder / "cost.json").write_bytes(msgspec.json.encode(Cost(0.01, 100)))
    (folder / STATE_FILE).write_bytes(msgspec.json.encode({"state": {"late_p99_ms": 0.5}}))


def test_delay_is_from_wire_to_handler_after_the_warm_up(tmp_path: Path) -> None:
    kept(tmp_path)
    found = figures("keeper", PLAN, tmp_path)
    assert (found.p50_ms, found.p99_ms, found.reached_p99_ms) == (2.0, 2.0, 3.0)
    assert (found.messages, found.lost, found.unseen) == (PLAN.messages - WARM, 0, 0)
    assert found.cpu_us == pytest.approx(100)


def test_lost_and_unseen_messages_are_told_apart(tmp_path: Path) -> None:
    kept(tmp_path, lost=3, unseen=10)
    found = figures("ccxt", PLAN, tmp_path)
    assert found.lost == 3
    assert found.unseen == pytest.approx(13 / found.messages)


def test_table_has_a_line_for_each_client(tmp_path: Path) -> None:
    kept(tmp_path)
    taken = [figures(name, PLAN, tmp_path) for name in ("keeper", "ccxt", "keeper", "ccxt")]
    lines = table(taken).splitlines()
    assert [line.split()[2] for line in lines[1:-1]] == ["keeper", "ccxt"]
    assert "2 rounds" in lines[-1]


def test_message_is_stamped_once() -> None:
    sheet = Sheet(3, 0.0)
    sheet.handle(1)
    first = sheet.handled[1]
    sheet.handle(1)
    assert sheet.handled == [0, first, 0]


def test_unknown_client_is_refused() -> None:
    with pytest.raises(ValueError, match="keeper, senses, ccxt, bare"):
        client_of("kepper")
