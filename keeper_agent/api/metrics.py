"""``/metrics``: what a monitoring system scrapes, as Prometheus text."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Request, Response, Security

from keeper_agent.api.access import TOKEN, bearer_of, let_in
from keeper_agent.api.scraping import Scrape
from keeper_agent.api.tokens import Scope
from keeper_agent.metrics.exposition import CONTENT_TYPE

router = APIRouter(tags=["metrics"])


@router.get(
    "/metrics",
    response_class=Response,
    responses={200: {"content": {"text/plain": {}}, "description": "metrics in Prometheus text format"}},
)
def metrics(
    request: Request, _token: Annotated[object, Security(TOKEN, scopes=[Scope.READ.label])]
) -> Response:
    """Every metric; with the scrape token from this machine, or with a token of the API from anywhere."""
    scrape: Scrape = request.app.state.scrape
    if not _is_scraper(scrape, request):
        let_in(request, Scope.READ)
    return Response(scrape.text(), media_type=CONTENT_TYPE)


def _is_scraper(scrape: Scrape, request: Request) -> bool:
    token, host = bearer_of(request), None if request.client is None else request.client.host
    return token is not None and token != "" and scrape.lets_in(token, host)
