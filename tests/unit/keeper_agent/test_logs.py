"""The log: one JSON object a line, private, without secrets, and bounded."""

from __future__ import annotations

import stat
from pathlib import Path

import orjson
import pytest

from keeper_agent import logs
from keeper_agent.logs import keep_traceback, open_log, redact
from tools.domain.errors import StoreUnusable


def lines(home: Path) -> list[dict[str, object]]:
    return [orjson.loads(line) for line in (home / "logs" / "keeper.log").read_bytes().splitlines()]


@pytest.mark.parametrize(
    "name", ["api_key", "API_SECRET", "token", "db_password", "Authorization", "x-signature"]
)
def test_what_is_named_like_a_secret_is_blanked(name: str) -> None:
    assert redact(None, "", {name: "hunter2", "symbol": "BTCUSDT"}) == {
        name: "[redacted]",
        "symbol": "BTCUSDT",
    }


def test_a_line_is_an_object_with_level_time_and_fields(tmp_path: Path) -> None:
    open_log(tmp_path, "info").info("run began", run_id="run_1", api_key="hunter2")
    (line,) = lines(tmp_path)
    assert (line["event"], line["level"], line["run_id"]) == ("run began", "info", "run_1")
    assert str(line["time"]).endswith("Z")
    assert b"hunter2" not in (tmp_path / "logs" / "keeper.log").read_bytes()


def test_less_than_the_level_is_left_out(tmp_path: Path) -> None:
    log = open_log(tmp_path, "warning")
    log.info("small talk")
    log.warning("look here")
    assert [line["event"] for line in lines(tmp_path)] == ["look here"]


def test_the_owner_alone_may_read_it(tmp_path: Path) -> None:
    open_log(tmp_path / "home", "info").info("run began")
    assert stat.S_IMODE((tmp_path / "home" / "logs" / "keeper.log").stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "home" / "logs").stat().st_mode) == 0o700


def test_it_does_not_grow_without_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logs, "MOST_BYTES", 2_000)
    log = open_log(tmp_path, "info")
    for i in range(200):
        log.info("again", number=i)
    kept = list((tmp_path / "logs").iterdir())
    assert len(kept) == 1 + logs.KEPT
    assert all(path.stat().st_size <= 2_000 for path in kept)
    assert lines(tmp_path)[-1]["number"] == 199


def test_opening_it_again_writes_each_line_once(tmp_path: Path) -> None:
    open_log(tmp_path, "info")
    open_log(tmp_path, "info").info("once")
    assert len(lines(tmp_path)) == 1


def test_a_log_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "logs").write_text("a file where a folder belongs")
    with pytest.raises(StoreUnusable, match="cannot write the log"):
        open_log(tmp_path, "info")


def test_a_traceback_is_kept_where_it_is_said_to_be(tmp_path: Path) -> None:
    try:
        raise ValueError("of all things")
    except ValueError as error:
        path = keep_traceback(tmp_path, error)
    assert path == tmp_path / "logs" / "keeper.log"
    (line,) = lines(tmp_path)
    assert "ValueError: of all things" in str(line["exception"])
    assert "test_logs.py" in str(line["exception"])
