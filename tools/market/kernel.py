"""How a function becomes machine code, and where the result is kept.

numba's own cache does not notice an edit in a kernel that another kernel imports, so the
cache folder carries a hash of all kernel rooms' sources.
"""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Callable
from pathlib import Path
from typing import ParamSpec, TypeVar

import numba
import platformdirs

P = ParamSpec("P")
R = TypeVar("R")

_ROOMS = ("domain", "market", "features", "detection", "models", "signals", "execution")


def sources_hash() -> str:
    """Twelve hex digits naming these sources, this numba and this interpreter."""
    digest = hashlib.sha256(f"{numba.__version__} {sys.version}".encode())
    root = Path(__file__).resolve().parents[1]
    for room in _ROOMS:
        for path in sorted((root / room).glob("*.py")):
            text = path.read_bytes()
            if b"@kernel" in text or path.name in {"market.py", "events.py", "names.py"}:
                digest.update(path.name.encode() + b"\0" + text)
    return digest.hexdigest()[:12]


def cache_folder() -> Path | None:
    """Where compiled kernels are kept; None where nothing may be written."""
    folder = Path(platformdirs.user_cache_dir("keeper")) / "kernels" / sources_hash()
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        return None
    return folder


CACHE = cache_folder()
if CACHE is not None:
    numba.config.CACHE_DIR = str(CACHE)  # type: ignore[attr-defined]


def kernel(function: Callable[P, R]) -> Callable[P, R]:
    """Compile ``function`` in nopython mode on its first call, cached on disk."""
    compiled: Callable[P, R] = numba.njit(cache=CACHE is not None, nogil=True, error_model="numpy")(function)
    return compiled
