"""The client itself: one method an operation, named and worded as the API has them."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, Self
from urllib.parse import quote

from pydantic import ValidationError

from keeper_agent.api.sessions import COOKIE, csrf_of
from keeper_agent.api.shapes import (
    Aggressor,
    Analytics,
    Health,
    MarketMaker,
    MarketMakerHistory,
    Question,
    Rows,
    Shape,
    SizeFound,
    SizeWanted,
    Spoofing,
    Switch,
    Switched,
)
from keeper_agent.api.shapes_figures import (
    Correlations,
    Depth,
    Graph,
    Market,
    Memory,
    Performance,
    Risk,
    SignalQuality,
)
from keeper_agent.api.tokens import Scope
from keeper_agent.client.credentials import token_of
from keeper_agent.client.errors import NotLetIn, Unreachable, WrongWords
from keeper_agent.client.line import Event, Line
from tools.domain.identity import fresh_secret
from tools.domain.trading import Action, Route, World

Told = dict[str, Any]
Appetite = Literal["conservative", "balanced", "aggressive"]


class KeeperClient:
    """Calls the API of one home; every method raises ``CallFailed`` of the class that fits.

    Args:
        line: To the API.
    """

    def __init__(self, line: Line) -> None:
        self._line = line

    @classmethod
    def at(cls, url: str, *, home: Path | None = None, scope: Scope = Scope.READ) -> Self:
        """A client of the API at ``url``, with the token of the environment or of ``home``.

        Raises:
            BadUsage: There is no token.
        """
        return cls(Line(url, token_of(home, scope)))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Hang up."""
        self._line.close()

    # What the running agent sees now.

    def market_maker(self, symbol: str) -> MarketMaker:
        """The market maker of a symbol as seen now; prices in quote, null is unknown."""
        return self._line.call(MarketMaker, "GET", f"/api/mm/status/{_part(symbol)}")

    def size(self, symbol: str, target_size_usd: float, risk_appetite: Appetite) -> SizeFound:
        """What an entry of so many US dollars would be sized to now; nothing is placed."""
        wanted = _words(
            SizeWanted, symbol=symbol, target_size_usd=target_size_usd, risk_appetite=risk_appetite
        )
        return self._line.call(SizeFound, "POST", "/api/sizing/calculate", wanted)

    def aggressor(self, symbol: str) -> Aggressor:
        """Who takes liquidity on the tape."""
        return self._line.call(Aggressor, "GET", f"/api/tape/{_part(symbol)}/aggressor")

    def spoofing(self, symbol: str) -> Spoofing:
        """How much the book looks like bait."""
        return self._line.call(Spoofing, "GET", f"/api/book/{_part(symbol)}/spoofing")

    def positions(self) -> list[Told]:
        """What the agent holds now."""
        return self._line.call(list[Told], "GET", "/api/positions")

    def open_orders(self) -> list[Told]:
        """Orders that work at the venue now."""
        return self._line.call(list[Told], "GET", "/api/orders/open")

    def status(self) -> Told:
        """Everything the running agent says of itself."""
        return self._line.call(Told, "GET", "/api/status")

    def health(self) -> Health:
        """Whether an agent runs here, and how it does; answers also where none runs."""
        return self._line.call(Health, "GET", "/api/health")

    def depth(self, symbol: str) -> Depth:
        """The book and tape of a symbol now; the first answer after a while is empty."""
        return self._line.call(Depth, "GET", f"/api/depth/{_part(symbol)}")

    def events(self) -> Generator[Event, None, None]:
        """``status`` each time that it changed, ``fault`` where it cannot be told; until it is closed.

        ``grown`` tells that the record grew, at most every two seconds.
        """
        return self._line.stream("GET", "/api/events")

    # What the record holds.

    def decisions(
        self,
        limit: int = 50,
        before: int | None = None,
        symbol: str | None = None,
        action: Action | None = None,
        route: Route | None = None,
        is_probe: bool | None = None,
    ) -> Rows:
        """Decisions, newest first, each with the outcomes known by now."""
        words = {"symbol": symbol, "action": action, "route": route, "is_probe": is_probe}
        return self._rows("decisions", limit, before, **words)

    def decision(self, name: str) -> Told:
        """Everything on one decision: what was known then and, apart from it, what came later."""
        return self._line.call(Told, "GET", f"/api/decisions/{_part(name)}")

    def explain(self, name: str) -> Told:
        """The same under its other name."""
        return self._line.call(Told, "GET", f"/api/explain/{_part(name)}")

    def graph(self, name: str) -> Graph:
        """The memory graph around a decision."""
        return self._line.call(Graph, "GET", f"/api/graph/{_part(name)}")

    def ask(self, question: str, before: Sequence[str] = ()) -> Told:
        """Answer a question on the past, with citations; ``before`` are the questions that it follows."""
        return self._line.call(Told, "POST", "/api/ask", _question(question, before))

    def ask_streaming(self, question: str, before: Sequence[str] = ()) -> Generator[Event, None, None]:
        """The same as it is read: ``reading``, ``found``, then ``answer`` or ``fault``."""
        return self._line.stream("POST", "/api/ask/stream", _question(question, before))

    def signals(self, limit: int = 50, before: int | None = None, symbol: str | None = None) -> Rows:
        """Signals with what was sensed, newest first."""
        return self._rows("signals", limit, before, symbol=symbol)

    def orders(self, limit: int = 50, before: int | None = None, symbol: str | None = None) -> Rows:
        """Orders as they were meant, newest first."""
        return self._rows("orders", limit, before, symbol=symbol)

    def fills(self, limit: int = 50, before: int | None = None, symbol: str | None = None) -> Rows:
        """Executions of our orders, newest first."""
        return self._rows("fills", limit, before, symbol=symbol)

    def outcomes(self, limit: int = 50, before: int | None = None, symbol: str | None = None) -> Rows:
        """Round trips, taken or followed on paper, newest first."""
        return self._rows("outcomes", limit, before, symbol=symbol)

    def lessons(self, limit: int = 50, before: int | None = None) -> Rows:
        """Lessons with their effect, interval and evidence, newest first."""
        return self._rows("lessons", limit, before)

    def parameters(self, limit: int = 50, before: int | None = None) -> Rows:
        """Versions of parameters, why and on what evidence, newest first."""
        return self._rows("parameters", limit, before)

    def reports(self, limit: int = 7, before: int | None = None) -> Rows:
        """Reflections as they were written, Markdown, newest first."""
        return self._rows("reports", limit, before)

    def market_maker_history(self, symbol: str) -> MarketMakerHistory:
        """The market maker of a symbol in the record's last 24 hours."""
        return self._line.call(MarketMakerHistory, "GET", f"/api/mm/history/{_part(symbol)}")

    def execution(self, symbol: str, hours: float = 24.0) -> Analytics:
        """How entries were executed; the symbol ALL takes them together."""
        return self._line.call(Analytics, "GET", f"/api/execution/{_part(symbol)}", hours=hours)

    # Figures over the record.

    def performance(self, hours: float = 24.0, world: World | None = None) -> Performance:
        """Equity, drawdown, results by group, and the calibration of odds."""
        return self._line.call(Performance, "GET", "/api/performance", hours=hours, world=world)

    def signal_quality(self, by: Literal["source", "symbol", "regime"] = "source") -> list[SignalQuality]:
        """How signals of each kind fared on paper, taken or not."""
        return self._line.call(list[SignalQuality], "GET", "/api/signals/quality", by=by)

    def market(self, symbol: str, hours: float = 1.0) -> Market:
        """What signals saw of a symbol's market maker and book, and our fills."""
        return self._line.call(Market, "GET", f"/api/market/{_part(symbol)}", hours=hours)

    def bounds(self) -> Risk:
        """Each limit, and how often it made an entry smaller or forbade it."""
        return self._line.call(Risk, "GET", "/api/risk/bounds")

    def correlations(self, hours: float = 24.0, world: World | None = None) -> Correlations:
        """How each two symbols moved together, with interval and n."""
        return self._line.call(Correlations, "GET", "/api/risk/correlations", hours=hours, world=world)

    def memory(self) -> Memory:
        """The layers of memory, learned strategies, dearest patterns, and what each thing was worth."""
        return self._line.call(Memory, "GET", "/api/memory")

    def metrics(self) -> str:
        """Every metric, as Prometheus text."""
        return self._line.send("GET", "/metrics").text

    # What changes something.

    def kill(
        self, killed: bool, reason: str = "over the API", idempotency_key: str | None = None
    ) -> Switched:
        """Forbid entries, or allow them again; needs scope admin.

        Sent once more with the same key where nobody answered: done twice it is not. One's own
        ``idempotency_key``, 8 to 64 letters, digits, ``_`` or ``-``, lets a program that was restarted do so.
        """
        words = _words(Switch, killed=killed, reason=reason)
        headers = {"Idempotency-Key": idempotency_key or fresh_secret()}
        try:
            return self._line.call(Switched, "POST", "/api/kill", words, headers=headers)
        except Unreachable:
            return self._line.call(Switched, "POST", "/api/kill", words, headers=headers)

    # What a browser does.

    def login(self, code: str) -> str:
        """Exchange the code of a link for the cookie of a session, which a browser then shows.

        Raises:
            NotLetIn: The link was used or is too old.
        """
        cookie = self._line.send("GET", "/login", query={"code": code}).cookies.get(COOKIE)
        if cookie is None:
            raise NotLetIn(403, "the link was answered without a session")
        return cookie

    def logout(self, cookie: str) -> None:
        """End the session of ``cookie``."""
        self._line.send(
            "POST", "/logout", headers={"Cookie": f"{COOKIE}={cookie}", "X-CSRF-Token": csrf_of(cookie)}
        )

    def _rows(self, table: str, limit: int, before: int | None, **words: Any) -> Rows:
        return self._line.call(Rows, "GET", f"/api/{table}", limit=limit, before=before, **words)


def every(page: Callable[..., Rows], **words: Any) -> Iterator[Told]:
    """All rows of a method that gives pages, newest first: ``every(client.fills, symbol="BTCUSDT")``."""
    before: int | None = None
    while True:
        found = page(before=before, **words)
        yield from found.rows
        if found.next is None:
            return
        before = found.next


def _question(question: str, before: Sequence[str]) -> Told:
    return _words(Question, question=question, before=list(before))


def _words(shape: type[Shape], **given: Any) -> Told:
    """``given`` as the API would take it; what it would not take is not sent.

    Raises:
        WrongWords: It would not.
    """
    try:
        return shape(**given).model_dump()
    except ValidationError as error:
        first = error.errors(include_input=False)[0]
        raise WrongWords(422, f"{'.'.join(map(str, first['loc']))}: {first['msg']}") from None


def _part(name: str) -> str:
    """A name as one part of an address, whatever it holds."""
    return quote(name, safe="")
