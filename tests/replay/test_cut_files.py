"""A recording cut short on disk is replayed by the command as the whole one was, up to the cut."""

from __future__ import annotations

import gzip
from pathlib import Path

import orjson
import pytest

from keeper_agent.commands.replay import replay_files
from tests.support.replays import EAGER
from tests.support.tapes import write_market
from tools.domain.market import NANOS

SECONDS = 150


def replayed(book: Path, trades: Path, out: Path) -> list[bytes]:
    """The lines of decisions.jsonl that the command leaves."""
    replay_files(
        trades=trades,
        book=book,
        symbol="BTCUSDT",
        venue="binance",
        memory=None,
        out=out,
        quote_usd=None,
        repeat=None,
        home=out / "home",
        as_json=True,
    )
    return (out / "decisions.jsonl").read_bytes().splitlines()


def cut(path: Path, folder: Path, ts_us: int) -> Path:
    """The rows of ``path`` received before ``ts_us``, packed anew in ``folder``."""
    with gzip.open(path, "rt") as whole:
        header, *rows = whole
    target = folder / path.name
    with gzip.open(target, "wt", compresslevel=1) as part:
        part.write(header)
        part.writelines(row for row in rows if int(row.split(",")[3]) < ts_us)
    return target


@pytest.mark.parametrize("share", [0.4, 0.73])
def test_the_decisions_before_the_cut_are_the_same_bytes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], share: float
) -> None:
    monkeypatch.setenv("KEEPER_PARAMETERS", EAGER)
    tape = write_market(tmp_path, symbol="BTCUSDT", venue="binance", seconds=SECONDS, seed=5)
    whole = replayed(tape.book, tape.trades, tmp_path / "whole")
    first = orjson.loads(whole[0])["ts"]
    at = first + int(share * SECONDS * NANOS)
    short = tmp_path / "short"
    short.mkdir()
    files = (cut(path, short, at // 1000) for path in (tape.book, tape.trades))
    part = replayed(*files, tmp_path / "part")
    before = [line for line in whole if orjson.loads(line)["ts"] < at]
    assert len(before) >= 10
    assert any(orjson.loads(line)["is_probe"] for line in before)
    assert [line for line in part if orjson.loads(line)["ts"] < at] == before
    capsys.readouterr()
