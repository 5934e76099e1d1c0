"""A series never takes the place of anything but an older series."""

import os
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from keeper_agent.series_file import replacing, require_series_path
from tools.domain.errors import BadInput, BadUsage
from tools.features.names import FEATURES


def written(path: Path, *names: str) -> Path:
    pq.write_table(pa.table({name: [1] for name in names}), path)
    return path


@pytest.mark.parametrize("name", ["x.csv", "x", "x.parquet.gz", "parquet"])
def test_only_parquet_is_written(tmp_path: Path, name: str) -> None:
    with pytest.raises(BadUsage, match=r"ending in \.parquet, was"):
        require_series_path(tmp_path / name, [])


def test_a_file_that_is_read_is_not_overwritten_by_any_name(tmp_path: Path) -> None:
    series = written(tmp_path / "x.parquet", "ts", "symbol", *FEATURES)
    (tmp_path / "alias.parquet").symlink_to(series)
    os.link(series, tmp_path / "twin.parquet")
    for name in ("x.parquet", "alias.parquet", "twin.parquet"):
        with pytest.raises(BadUsage, match="must not be a file that is read"):
            require_series_path(tmp_path / name, [tmp_path / "missing.parquet", series])


def test_a_file_that_is_no_series_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "text.parquet").write_text("mine")
    (tmp_path / "folder.parquet").mkdir()
    written(tmp_path / "trades.parquet", "exchange", "symbol", "price")
    written(tmp_path / "other.parquet", "ts", "symbol", "mid", "mine")
    for path in list(tmp_path.iterdir()):
        with pytest.raises(BadUsage, match="a new file or a series of keeper sense"):
            require_series_path(path, [])


@pytest.mark.parametrize("names", [FEATURES, FEATURES[:3]])
def test_an_older_series_may_be_replaced_and_a_check_changes_nothing(
    tmp_path: Path, names: tuple[str, ...]
) -> None:
    series = written(tmp_path / "x.parquet", "ts", "symbol", *names)
    before = series.read_bytes()
    require_series_path(series, [])
    require_series_path(tmp_path / "deep" / "new.parquet", [])
    assert series.read_bytes() == before
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["deep", "x.parquet"]


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(BadInput, match=r"cannot write .*file/x\.parquet"):
        require_series_path(tmp_path / "file" / "x.parquet", [])


def fill_the_disk(path: Path) -> None:
    with replacing(path) as fresh:
        fresh.write_text("half")
        raise OSError(28, "No space left on device")


def test_a_half_written_file_takes_no_place(tmp_path: Path) -> None:
    path = tmp_path / "x.parquet"
    path.write_text("before")
    with pytest.raises(BadInput, match="No space left"):
        fill_the_disk(path)
    assert path.read_text() == "before"
    with replacing(path) as fresh:
        fresh.write_text("after")
    assert path.read_text() == "after"
    assert list(tmp_path.iterdir()) == [path]
