"""A damaged file is read or refused in one line, whatever the damage."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.tapes import write_market
from tools.domain.errors import BadInput
from tools.market.tardis import read_book

junk = st.one_of(
    st.binary(max_size=8),
    st.sampled_from([b'"', b"\n", b"\r\n", b"\r", b",", b"\0", b"nan", b"e-99999999", b"e77", b"9" * 60]),
)
wounds = st.lists(st.tuples(st.floats(0, 1), st.integers(0, 30), junk), min_size=1, max_size=3)


@pytest.mark.parametrize("suffix", ["csv", "csv.gz", "parquet"])
def test_damage_ends_in_one_line(tmp_path: Path, suffix: str) -> None:
    path = write_market(tmp_path, seconds=1, suffix=suffix).book
    sound = path.read_bytes()
    expected = len(read_book(path, symbol="BTCUSDT", venue="binance"))
    outcomes: list[str] = []

    @settings(max_examples=80)
    @given(wounds)
    def is_read_or_refused(wounded: list[tuple[float, int, bytes]]) -> None:
        damaged = sound
        for where, n_lost, added in wounded:
            at = int(where * len(damaged))
            damaged = damaged[:at] + added + damaged[at + n_lost :]
        path.write_bytes(damaged)
        try:
            read = len(read_book(path, symbol="BTCUSDT", venue="binance"))
        except BadInput as refusal:
            outcomes.append(str(refusal))
        else:
            # at most the last rows are lost to a clean cut, and none is made up
            outcomes.append("")
            assert read <= expected + len(wounded)

    is_read_or_refused()
    refusals = [line for line in outcomes if line]
    assert len(refusals) > 20
    assert all(line.startswith(str(path)) and "\n" not in line for line in refusals)
