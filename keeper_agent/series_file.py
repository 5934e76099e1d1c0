"""Where ``keeper sense`` may write: a new Parquet file or an older series of its own, never anything else."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from tools.domain.errors import BadInput, BadUsage
from tools.features.names import FEATURES

SUFFIX = ".parquet"
KEYS = ["ts", "symbol"]


def require_series_path(out: Path, inputs: Sequence[Path]) -> None:
    """Refuse an ``out`` that a series cannot or must not be written to, before any work is done.

    Raises:
        BadUsage: It is no Parquet file, one of ``inputs``, or a file that is no series.
        BadInput: Its folder cannot be written.
    """
    if out.suffix != SUFFIX:
        raise BadUsage(f"--out expects a file ending in {SUFFIX}, was {str(out)!r}")
    with _cannot_write(out):
        if out.exists():
            _require_series(out, inputs)
    with replacing(out) as fresh:
        fresh.touch()
        fresh.unlink()


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """A file beside ``path`` that takes its place at the end, if it is there and nothing was raised.

    Raises:
        BadInput: The folder cannot be made or written.
    """
    target = path.resolve()
    fresh = target.with_name(f".{target.name}.{os.getpid()}.part")
    with _cannot_write(path):
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            yield fresh
            if fresh.exists():
                fresh.replace(target)
        finally:
            fresh.unlink(missing_ok=True)


@contextmanager
def _cannot_write(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise BadInput(f"cannot write {path}: {error.strerror or error}") from error


def _require_series(out: Path, inputs: Sequence[Path]) -> None:
    # pyarrow is a heavy import; only the commands that read or write files pay for it.
    import pyarrow as pa
    import pyarrow.parquet as pq

    if any(path.exists() and out.samefile(path) for path in inputs):
        raise BadUsage(f"--out must not be a file that is read, was {str(out)!r}")
    try:
        names = pq.read_schema(out).names
    except (pa.ArrowException, OSError):
        names = []
    if names[:2] != KEYS or not set(names[2:]) <= set(FEATURES):
        raise BadUsage(f"--out expects a new file or a series of keeper sense, {str(out)!r} is neither")
