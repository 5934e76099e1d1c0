"""Stamps, ids and names become whole numbers, or the cell that does not is refused."""

import numpy as np
import pyarrow as pa
import pytest

from tools.market.cells import CellFault
from tools.market.columns import codes, times_ns, trade_ids


@pytest.mark.parametrize("year", [2000, 2024, 2099])
def test_stamp_within_the_century_is_read(year: int) -> None:
    stamp = int(np.datetime64(f"{year}-01-01", "us").astype(np.int64))
    assert times_ns(pa.array([stamp]), "timestamp").tolist() == [stamp * 1000]
    assert times_ns(pa.array([str(stamp)]), "timestamp").tolist() == [stamp * 1000]


@pytest.mark.parametrize("year", [1970, 1999, 2100, 9999])
def test_stamp_beyond_the_century_is_refused(year: int) -> None:
    stamp = int(np.datetime64(f"{year}-12-31", "us").astype(np.int64))
    with pytest.raises(CellFault, match="in the years 2000 to 2099"):
        times_ns(pa.array([stamp]), "timestamp")


def test_ids_are_whole_numbers_in_text_or_not() -> None:
    assert trade_ids(pa.array(["7", "8"]), "id").tolist() == [7, 8]
    assert trade_ids(pa.array([7, 8], pa.int32()), "id").tolist() == [7, 8]


def test_codes_are_read_from_any_kind_of_text() -> None:
    known = {"false": 0, "true": 1}
    for column in (
        pa.array(["true", "false"]),
        pa.array(["true", "false"]).dictionary_encode(),
        pa.array([True, False]),
    ):
        assert codes(column, "is_snapshot", known).tolist() == [1, 0]
