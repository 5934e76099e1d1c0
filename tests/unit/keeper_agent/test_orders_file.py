"""The file of level orders: what is in it, and what it never takes the place of."""

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from keeper_agent.orders_file import COLUMNS, require_orders_path, write_orders
from tests.support.senses import BTCUSDT
from tests.support.tapes import book_message, print_event
from tools.detection.order_log import OrderLog
from tools.detection.state import new_senses
from tools.detection.withdrawals import ALONE, BESIDE_BLOCK
from tools.domain.errors import BadUsage
from tools.domain.market import NANOS, UNITS
from tools.domain.parameter import default_parameters

START = 1_700_000_000 * NANOS


def test_each_order_is_a_row_with_its_beginning_end_and_cause(tmp_path: Path) -> None:
    bid, ask = 100 * UNITS, 101 * UNITS
    log = OrderLog(new_senses(BTCUSDT, default_parameters()))
    for batch in (
        book_message(START, [(1, bid, 5 * UNITS), (-1, ask, UNITS)], is_snapshot=True),
        book_message(START + 10, [(1, bid, 7 * UNITS)]),
        book_message(START + 20, [(-1, ask, 4 * UNITS)]),
        book_message(START + 30, [(1, bid, 5 * UNITS)]),
        print_event(START + 40, 1, ask, UNITS),
        book_message(START + 40, [(-1, ask, 3 * UNITS)]),
    ):
        log.sense_until(batch, 0, 1 << 62)
    assert write_orders(tmp_path / "o.parquet", log) == 3
    table = pq.read_table(tmp_path / "o.parquet")
    assert tuple(table.column_names) == COLUMNS
    assert [tuple(row.values()) for row in table.to_pylist()] == [
        (START + 10, START + 30, "bid", 100.0, 2.0, "cancel", pytest.approx(ALONE * BESIDE_BLOCK)),
        (None, START + 40, "ask", 101.0, 1.0, "fill", 1.0),
        (START + 20, None, "ask", 101.0, 3.0, None, None),
    ]


def test_only_a_file_of_its_own_is_written(tmp_path: Path) -> None:
    series, mine = tmp_path / "s.parquet", tmp_path / "o.parquet"
    pq.write_table(pa.table({"ts": [1], "symbol": ["x"]}), series)
    pq.write_table(pa.table({name: [1] for name in COLUMNS}), mine)
    require_orders_path(mine, [series])
    require_orders_path(tmp_path / "new.parquet", [series])
    with pytest.raises(BadUsage, match="--orders-out expects a new file or level orders of keeper sense"):
        require_orders_path(series, [])
    with pytest.raises(BadUsage, match="--orders-out expects a file ending in"):
        require_orders_path(tmp_path / "x.csv", [])
    with pytest.raises(BadUsage, match="--orders-out must be a file of its own"):
        require_orders_path(mine, [series, mine])
