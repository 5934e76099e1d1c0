"""The file of alerts: what is in it, and what it never takes the place of."""

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from keeper_agent.alerts_file import COLUMNS, require_alerts_path, write_alerts
from tests.support.senses import BTCUSDT
from tests.support.tapes import synthetic_market
from tools.detection.alert_log import AlertLog
from tools.detection.spoofing import KINDS
from tools.detection.state import new_senses
from tools.domain.errors import BadUsage
from tools.domain.market import UNITS
from tools.domain.parameter import default_parameters


def test_each_alert_is_a_row_as_it_was_scored(tmp_path: Path) -> None:
    log = AlertLog(new_senses(BTCUSDT, default_parameters()), 0.0)
    log.sense_until(synthetic_market(seed=5, seconds=60), 0, 1 << 62)
    alerts = log.alerts()
    assert write_alerts(tmp_path / "a.parquet", log) == len(alerts) > 0
    table = pq.read_table(tmp_path / "a.parquet")
    assert tuple(table.column_names) == COLUMNS
    for row, alert in zip(table.to_pylist(), alerts, strict=True):
        side = "bid" if alert["key"] > 0 else "ask"
        assert (row["ts"], row["side"], row["kind"]) == (alert["ts"], side, KINDS[alert["kind"]])
        assert row["price"] == abs(alert["key"]) / UNITS
        assert (row["size"], row["score"]) == (alert["units"] / UNITS, alert["score"])


def test_only_a_file_of_its_own_is_written(tmp_path: Path) -> None:
    series, mine = tmp_path / "s.parquet", tmp_path / "a.parquet"
    pq.write_table(pa.table({"ts": [1], "symbol": ["x"]}), series)
    pq.write_table(pa.table({name: [1] for name in COLUMNS}), mine)
    require_alerts_path(mine, [series])
    with pytest.raises(BadUsage, match="--alerts-out expects a new file or alerts of keeper sense"):
        require_alerts_path(series, [])
    with pytest.raises(BadUsage, match="--alerts-out must be a file of its own"):
        require_alerts_path(mine, [series, mine])
