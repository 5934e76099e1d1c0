"""Ask: questions on the record, with citations that open the decision they rest on."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs

from fastapi import APIRouter, HTTPException, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import HTMLResponse

from graphs.answers import as_data
from graphs.query import answer
from keeper_agent.api.access import READ, desk_of
from keeper_agent.api.desk import Desk
from keeper_agent.dashboard.rendering import page, part
from memory.account import present
from tools.domain.errors import KeeperError

LONGEST = 1_000
MOST_BEFORE = 8
EXAMPLES = (
    "How many signals did you skip today?",
    "What was your best trade?",
    "Which symbol lost the most, and why?",
    "What did you learn?",
    "Hôm nay lãi hay lỗ bao nhiêu?",
)
router = APIRouter()


@router.get("/ask")
def ask(request: Request) -> HTMLResponse:
    """The page."""
    return page(request, "ask.html", at="/ask", examples=EXAMPLES, longest=LONGEST)


@router.post("/pieces/ask", dependencies=[READ])
async def asked(request: Request) -> HTMLResponse:
    """A question with its answer, to be put below those before; no money is spent on it."""
    sent = parse_qs((await request.body()).decode("utf-8", "replace"), max_num_fields=50)
    question = sent.get("question", [""])[0].strip()
    if not 0 < len(question) <= LONGEST:
        raise HTTPException(422, f"a question has 1 to {LONGEST} characters")
    before = tuple(one[:LONGEST] for one in sent.get("before", ()))[-MOST_BEFORE:]
    return await run_in_threadpool(_answered, desk_of(request), question, before)


def _answered(desk: Desk, question: str, before: tuple[str, ...]) -> HTMLResponse:
    found: dict[str, Any] | None = None
    fault = ""
    try:
        with desk.reading() as store:
            found = as_data(answer(store, question, present(store, desk.clock.now()), before))
    except KeeperError as error:
        fault = str(error)
    return part("piece_answer.html", question=question, found=found, fault=fault)
