"""What is wrong with a gzip file that could not be read to its end: how far it goes."""

from __future__ import annotations

import zlib
from pathlib import Path

MAGIC = b"\x1f\x8b"
_CHUNK = 1 << 16
_GZIP = 31  # zlib's number for a gzip member


def why_no_gzip(path: Path, fault: str) -> str:
    """That ``path`` is no gzip file at all, or after which line of its text it has its ``fault``."""
    with path.open("rb") as file:
        head = file.read(len(MAGIC))
    if head != MAGIC:
        return f"not a gzip file, it begins with {head!r}"
    n_lines = _whole_lines(path)
    where = f"after line {n_lines}" if n_lines else "in line 1"
    return f"cut off or corrupt gzip {where}: {fault}"


def _whole_lines(path: Path) -> int:
    n_lines, unpack = 0, zlib.decompressobj(_GZIP)
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            while chunk:
                before = unpack.copy()
                try:
                    n_lines += unpack.decompress(chunk).count(b"\n")
                except zlib.error:
                    return n_lines + _lines_before_the_fault(before, chunk)
                chunk = unpack.unused_data
                if unpack.eof:
                    unpack = zlib.decompressobj(_GZIP)
    return n_lines


def _lines_before_the_fault(unpack: zlib._Decompress, chunk: bytes) -> int:
    n_lines = 0
    try:
        for at in range(len(chunk)):
            n_lines += unpack.decompress(chunk[at : at + 1]).count(b"\n")
    except zlib.error:
        return n_lines
    return n_lines
