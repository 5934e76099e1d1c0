"""Ask: questions on the record, with citations that open the decision they rest on."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse

from keeper_agent.api.shapes import LONGEST_QUESTION
from keeper_agent.dashboard.rendering import page

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
    """The page; its script asks ``/api/ask/stream`` and shows what is told."""
    return page(request, "ask.html", at="/ask", examples=EXAMPLES, longest=LONGEST_QUESTION)
