"""``/metrics``: what a monitoring system scrapes, as Prometheus text."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Header, Request, Response

from keeper_agent.api.access import BEARER, LONGEST, requires
from keeper_agent.api.scraping import Scrape
from keeper_agent.api.tokens import Scope
from keeper_agent.metrics.exposition import CONTENT_TYPE

router = APIRouter(tags=["metrics"])
_reads = requires(Scope.READ)


@router.get(
    "/metrics",
    response_class=Response,
    responses={200: {"content": {"text/plain": {}}, "description": "metrics in Prometheus text format"}},
)
def metrics(
    request: Request, authorization: Annotated[str | None, Header(max_length=LONGEST)] = None
) -> Response:
    """Every metric; with the scrape token from this machine, or with a token of the API from anywhere."""
    scrape: Scrape = request.app.state.scrape
    if not _is_scraper(scrape, request, authorization):
        _reads(request, authorization)
    return Response(scrape.text(), media_type=CONTENT_TYPE)


def _is_scraper(scrape: Scrape, request: Request, authorization: str | None) -> bool:
    if authorization is None or authorization[: len(BEARER)].lower() != BEARER:
        return False
    host = None if request.client is None else request.client.host
    return scrape.lets_in(authorization[len(BEARER) :].strip(), host)
