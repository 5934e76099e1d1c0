"""The file of outlooks: what is in it, what may be named, and what it never takes the place of."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from keeper_agent.commands.sense import sense_files
from keeper_agent.outlook_file import COLUMNS, require_outlook_words
from tests.support.tapes import START_NS, write_market
from tools.domain.errors import BadUsage
from tools.domain.market import NANOS

NOBODY = (None, None, None)


def test_a_row_a_step_with_the_leader_beside(tmp_path: Path) -> None:
    coin = write_market(tmp_path, seed=1, seconds=400, symbol="ETHUSDT")
    leader = write_market(tmp_path, seed=1, seconds=400, symbol="BTCUSDT")
    out, outlook = tmp_path / "s.parquet", tmp_path / "o.parquet"
    for named in (NOBODY, (leader.trades, leader.book, "BTCUSDT")):
        sense_files(
            trades=coin.trades, book=coin.book, symbol="ETHUSDT", venue="binance", out=out, every="1s",
            quote_usd=None, as_json=True, outlook_out=outlook, leader=named,
        )  # fmt: skip
        table = pq.read_table(outlook)
        assert tuple(table.column_names) == COLUMNS
        assert table["ts"].to_pylist() == pq.read_table(out)["ts"].to_pylist()
        told = [value for value in table["outlook_volatility"].to_pylist() if value is not None]
        assert len(told) > 300
        assert min(told) > 0
        assert set(table["outlook_regime"].to_pylist()) <= {None, "calm", "volatile", "trending"}
        known = [value for value in table["correlation"].to_pylist() if value is not None]
        if named == NOBODY:
            assert known == []
        else:
            # the same walk on both sides
            assert np.mean(known) > 0.9
            assert min(value for value in table["overlaps"].to_pylist() if value is not None) > 0
    assert table["ts"][0].as_py() >= START_NS - NANOS


def test_words_that_do_not_belong_together_are_refused(tmp_path: Path) -> None:
    some, out = tmp_path / "x.csv.gz", tmp_path / "o.parquet"
    require_outlook_words(None, NOBODY, [])
    require_outlook_words(out, (some, some, "BTCUSDT"), [])
    for words in ((some, None, None), (some, some, None), (None, None, "BTCUSDT")):
        with pytest.raises(BadUsage, match="must be given together"):
            require_outlook_words(out, words, [])
    with pytest.raises(BadUsage, match="with --outlook-out"):
        require_outlook_words(None, (some, some, "BTCUSDT"), [])


def test_only_a_file_of_its_own_is_written(tmp_path: Path) -> None:
    series, mine = tmp_path / "s.parquet", tmp_path / "o.parquet"
    pq.write_table(pa.table({"ts": [1], "symbol": ["x"]}), series)
    pq.write_table(pa.table({name: [1] for name in COLUMNS}), mine)
    require_outlook_words(mine, NOBODY, [series])
    with pytest.raises(BadUsage, match="expects a new file or outlooks of keeper sense"):
        require_outlook_words(series, NOBODY, [])
    with pytest.raises(BadUsage, match="must be a file of its own"):
        require_outlook_words(mine, NOBODY, [mine])
    with pytest.raises(BadUsage, match="must be a file of its own"):
        require_outlook_words(mine, (mine, series, "BTCUSDT"), [])
