"""A CSV is read in blocks of whole lines, and by no thread that long outlives the reading."""

import contextlib
import gzip
import io
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from tools.domain.errors import BadInput
from tools.market import tables
from tools.market.tables import batches

COLUMNS = ("symbol", "price")
LINES = [f"BTCUSDT,{100 + i}.5" for i in range(50)]


def written(path: Path, *, end: str = "\n") -> Path:
    text = "symbol,price\n" + "\n".join(LINES) + end
    if path.suffix == ".gz":
        path.write_bytes(gzip.compress(text.encode()))
    else:
        path.write_text(text)
    return path


def rows_of(path: Path) -> list[str]:
    parts = list(batches(path, COLUMNS, as_text=True))
    firsts = [part.first for part in parts]
    lengths = [part.rows.num_rows for part in parts]
    assert firsts == [sum(lengths[:i]) for i in range(len(parts))]
    rows = [row for part in parts for row in part.rows.to_pylist()]
    return [f"{row['symbol']},{row['price']}" for row in rows]


@pytest.mark.parametrize("block", [16, 17, 31, 64, 1 << 20])
@pytest.mark.parametrize("name", ["t.csv", "t.csv.gz"])
@pytest.mark.parametrize("end", ["\n", ""])
def test_no_line_is_lost_or_cut_wherever_a_block_ends(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, block: int, name: str, end: str
) -> None:
    monkeypatch.setattr(tables, "BLOCK_BYTES", block)
    assert rows_of(written(tmp_path / name, end=end)) == LINES


def test_a_line_without_end_is_refused_by_its_number(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "BLOCK_BYTES", 64)
    path = written(tmp_path / "t.csv")
    with path.open("a") as file:
        file.write("B" * 500)
    with pytest.raises(BadInput, match=r"t\.csv line 52: longer than 64 bytes"):
        rows_of(path)


class Watched(io.BytesIO):
    """A file that keeps which threads have read it."""

    def __init__(self, text: bytes) -> None:
        super().__init__(text)
        self.readers: set[str] = set()

    def read(self, size: int | None = -1) -> bytes:
        self.readers.add(threading.current_thread().name)
        return super().read(size)


def test_a_reading_given_up_leaves_no_thread_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "BLOCK_BYTES", 64)
    before = set(threading.enumerate())
    stream = Watched("\n".join(LINES).encode())
    with contextlib.closing(tables._whole_lines(Path("t.csv"), stream)) as lines:
        next(lines)
    assert {name.split("_")[0] for name in stream.readers} == {"unpacking"}
    for thread in set(threading.enumerate()) - before:
        thread.join(60)
    assert set(threading.enumerate()) <= before


class Stuck(Watched):
    """A file whose later blocks are not there until they are let through."""

    def __init__(self, text: bytes) -> None:
        super().__init__(text)
        self.let_through = threading.Event()

    def read(self, size: int | None = -1) -> bytes:
        if self.tell():
            self.let_through.wait(60)
        return super().read(size)


def test_giving_up_waits_for_no_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    """The collector may do it while a thread is being started, where waiting for a thread never ends."""
    monkeypatch.setattr(tables, "BLOCK_BYTES", 64)
    stream = Stuck("\n".join(LINES).encode())
    lines = tables._whole_lines(Path("t.csv"), stream)
    next(lines)
    lines.close()
    assert not stream.let_through.is_set()
    assert any(thread.name.startswith("unpacking") for thread in threading.enumerate()), "it had waited"
    stream.let_through.set()


def test_a_process_that_gives_up_a_reading_ends_as_it_means_to(tmp_path: Path) -> None:
    path = tmp_path / "t.csv.gz"
    path.write_bytes(gzip.compress(("symbol,price\n" + "BTCUSDT,100.5\n" * 2_000_000).encode(), 1))
    leave = "import sys; from pathlib import Path; from tools.market.tables import batches\n"
    leave += "next(batches(Path(sys.argv[1]), ('symbol', 'price'))); sys.exit(3)"
    for _ in range(5):
        left = subprocess.run(
            [sys.executable, "-c", leave, str(path)], timeout=240, check=False, capture_output=True
        )
        assert (left.returncode, left.stderr) == (3, b"")
