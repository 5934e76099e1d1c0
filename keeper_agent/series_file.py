"""Where ``keeper sense`` may write: a new Parquet file or an older series of its own, never anything else."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from tools.domain.errors import BadInput, BadUsage
from tools.features.names import FEATURES

SUFFIX = ".parquet"
KEYS = ["ts", "symbol"]


def is_series(names: Sequence[str]) -> bool:
    """Whether columns so named are a series of features."""
    return list(names[:2]) == KEYS and set(names[2:]) <= set(FEATURES)


def require_series_path(
    out: Path,
    inputs: Sequence[Path],
    option: str = "--out",
    is_own: Callable[[Sequence[str]], bool] = is_series,
    *,
    kind: str = "a series",
) -> None:
    """Refuse an ``out`` that ``option`` cannot or must not be written to, before any work is done.

    ``is_own`` tells by its columns whether an older file is of the ``kind`` that may be replaced.

    Raises:
        BadUsage: It is no Parquet file, one of ``inputs``, or a file that is no series.
        BadInput: Its folder cannot be written.
    """
    if out.suffix != SUFFIX:
        raise BadUsage(f"{option} expects a file ending in {SUFFIX}, was {str(out)!r}")
    with _cannot_write(out):
        if out.exists():
            _require_own(out, inputs, option, is_own, kind=kind)
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


def _require_own(
    out: Path,
    inputs: Sequence[Path],
    option: str,
    is_own: Callable[[Sequence[str]], bool],
    *,
    kind: str,
) -> None:
    # pyarrow is a heavy import; only the commands that read or write files pay for it.
    import pyarrow as pa
    import pyarrow.parquet as pq

    if any(path.exists() and out.samefile(path) for path in inputs):
        raise BadUsage(f"{option} must not be a file that is read, was {str(out)!r}")
    try:
        names = pq.read_schema(out).names
    except (pa.ArrowException, OSError):
        names = []
    if not is_own(names):
        raise BadUsage(f"{option} expects a new file or {kind} of keeper sense, {str(out)!r} is neither")
