"""Broken operations beside the real ones, which the fuzz must find."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, FastAPI, Security
from starlette.responses import JSONResponse, Response

from keeper_agent.api.access import READ, TOKEN
from keeper_agent.api.shapes import Switched

PREFIX = "/api/planted"
router = APIRouter(prefix=PREFIX)


@router.get("/crash", dependencies=[READ])
def crash(text: str = "") -> dict[str, int]:
    """Fails where a text is longer than anybody thought."""
    return {"n": 1 // (len(text) < 200)}


@router.get("/zero", dependencies=[READ])
def zero(n: int) -> dict[str, int]:
    """Fails where a number is zero."""
    return {"n": 1 // n}


@router.get("/open")
def open_to_all(_token: Annotated[object, Security(TOKEN, scopes=["read"])]) -> dict[str, int]:
    """Says that it needs a token, and asks for none."""
    return {"n": 1}


@router.get("/teapot", dependencies=[READ])
def teapot() -> Response:
    """Answers with a status that it does not declare."""
    return JSONResponse({"error": "short and stout"}, 418)


@router.get("/shape", dependencies=[READ], response_model=Switched)
def shape() -> Response:
    """Answers in another shape than it declares."""
    return JSONResponse({"killed": "perhaps"})


def plant(app: FastAPI) -> None:
    """Add them to ``app``."""
    app.include_router(router)
