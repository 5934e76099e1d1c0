"""How a function of the venue becomes machine code, and where the result is kept.

numba's own cache does not notice an edit in a kernel that another kernel imports, so each
kernel is kept in a folder that carries a hash of all kernel sources of the venue.
"""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

import numba
import platformdirs

P = ParamSpec("P")
R = TypeVar("R")

_ROOMS = ("engine",)
_CONSTANTS = {"codes.py", "layout.py"}  # what kernels import that is no kernel


def sources_hash() -> str:
    """Twelve hex digits naming these sources, this numba and this interpreter."""
    digest = hashlib.sha256(f"{numba.__version__} {sys.version}".encode())
    root = Path(__file__).resolve().parent
    for room in _ROOMS:
        for path in sorted((root / room).glob("*.py")):
            text = path.read_bytes()
            if b"@kernel" in text or path.name in _CONSTANTS:
                digest.update(path.name.encode() + b"\0" + text)
    return digest.hexdigest()[:12]


def cache_folder() -> Path | None:
    """Where compiled kernels are kept; None where nothing may be written."""
    folder = Path(platformdirs.user_cache_dir("keeper")) / "venue-kernels" / sources_hash()
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        return None
    return folder


CACHE = cache_folder()


def kernel(function: Callable[P, R]) -> Callable[P, R]:
    """Compile ``function`` in nopython mode on its first call, cached on disk.

    numba reads its cache folder when a function is wrapped; another package of the same
    process may have set its own, so the setting is put back at once.
    """
    config: Any = numba.config
    before = config.CACHE_DIR
    config.CACHE_DIR = str(CACHE) if CACHE is not None else before
    try:
        compiled: Callable[P, R] = numba.njit(cache=CACHE is not None, nogil=True, error_model="numpy")(
            function
        )
    finally:
        config.CACHE_DIR = before
    return compiled
