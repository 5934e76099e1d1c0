"""The files pages load: read once, below a digest of them all, so that a browser may keep them for good."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from fastapi import APIRouter, HTTPException
from starlette.responses import Response

FOLDER = Path(__file__).parent / "static"
KINDS = {".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8", ".svg": "image/svg+xml"}
FOR_GOOD = "public, max-age=31536000, immutable"
DIGITS = 12

router = APIRouter()


@dataclass(frozen=True, slots=True)
class Asset:
    """One file: its bytes and what they are."""

    body: bytes
    kind: str


@cache
def assets() -> dict[str, Asset]:
    """Every file that may be asked for, by its path below ``static``."""
    return {
        path.relative_to(FOLDER).as_posix(): Asset(path.read_bytes(), KINDS[path.suffix])
        for path in sorted(FOLDER.rglob("*"))
        if path.suffix in KINDS
    }


@cache
def digest() -> str:
    """Of all files together, as scripts name each other by their place."""
    told = hashlib.sha256()
    for name, found in assets().items():
        told.update(f"{name} {len(found.body)}\n".encode())
        told.update(found.body)
    return told.hexdigest()[:DIGITS]


def address_of(name: str) -> str:
    """Where a page loads ``name`` from; once a file changes, all have other addresses.

    Raises:
        KeyError: There is no such file.
    """
    _ = assets()[name]
    return f"/static/{digest()}/{name}"


@router.get("/static/{version}/{name:path}", include_in_schema=False)
def asset(version: str, name: str) -> Response:
    """A file of the dashboard; nothing in it is secret, so nobody is asked who he is."""
    found = assets().get(name)
    if found is None or version != digest():
        raise HTTPException(404, "there is no such file")
    return Response(found.body, media_type=found.kind, headers={"cache-control": FOR_GOOD})
