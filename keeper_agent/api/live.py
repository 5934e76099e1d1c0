"""What the running agent sees now: market makers, tape, book, sizes, positions, health."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Path, Request

from keeper_agent.api.access import READ, desk_of
from keeper_agent.api.shapes import Aggressor, Health, MarketMaker, SizeFound, SizeWanted, Spoofing
from keeper_agent.controlling import tell
from tools.domain.errors import NotRunning
from tools.execution.kill import KillSwitch, PauseSwitch

Symbol = Annotated[str, Path(pattern=r"^[A-Za-z0-9]{2,30}$")]
router = APIRouter(prefix="/api", tags=["live"], dependencies=[READ])


@router.get("/mm/status/{symbol}")
def market_maker(request: Request, symbol: Symbol) -> MarketMaker:
    """The market maker of a symbol, where it buys and sells, and where an entry and exit would be."""
    row = desk_of(request).symbol(symbol)
    mm, levels = row["mm"], row["levels"]
    return MarketMaker(
        symbol=row["symbol"],
        mm_detected=mm["is_there"],
        mm_confidence=mm["confidence"],
        mm_lower_bound=mm["low"],
        mm_upper_bound=mm["high"],
        mm_avg_order_size=mm["order"],
        best_entry_price=levels["entry"],
        best_exit_price=levels["exit"],
    )


@router.post("/sizing/calculate")
def size(request: Request, wanted: SizeWanted) -> SizeFound:
    """What an entry would be sized to now; nothing is placed."""
    words = {"symbol": wanted.symbol, "target_usd": wanted.target_size_usd, "appetite": wanted.risk_appetite}
    desk = desk_of(request)
    desk.symbol(wanted.symbol)
    return SizeFound(**tell(desk.home, "size", **words))


@router.get("/tape/{symbol}/aggressor")
def aggressor(request: Request, symbol: Symbol) -> Aggressor:
    """Who takes liquidity on the tape."""
    row = desk_of(request).symbol(symbol)
    return Aggressor(symbol=row["symbol"], **row["tape"])


@router.get("/book/{symbol}/spoofing")
def spoofing(request: Request, symbol: Symbol) -> Spoofing:
    """How much the book looks like bait."""
    row = desk_of(request).symbol(symbol)
    return Spoofing(
        symbol=row["symbol"],
        spoofing_score=row["spoofing"],
        spoof_orders_detected=row["spoof_suspects"],
        avg_order_lifetime=row["order_lifetime_s"],
    )


@router.get("/positions")
def positions(request: Request) -> list[dict[str, Any]]:
    """What the agent holds now."""
    found: list[dict[str, Any]] = desk_of(request).status()["positions"]
    return found


@router.get("/orders/open")
def open_orders(request: Request) -> list[dict[str, Any]]:
    """Orders that work at the venue now."""
    found: list[dict[str, Any]] = desk_of(request).status()["orders"]
    return found


@router.get("/status")
def status(request: Request) -> dict[str, Any]:
    """Everything the running agent says of itself, as ``keeper status --json``."""
    return desk_of(request).status()


@router.get("/health")
def health(request: Request) -> Health:
    """Whether an agent runs here, and how it does; answers also where none runs."""
    desk = desk_of(request)
    kill, pause = KillSwitch(desk.home), PauseSwitch(desk.home)
    found: dict[str, Any] = {}
    why = None
    try:
        found = desk.status()
    except NotRunning as gone:
        why = str(gone)
    return Health(
        is_running=why is None,
        why=why,
        world=found.get("world"),
        entries=found.get("entries"),
        killed=kill.is_set,
        paused=pause.is_set,
        reason=next((one.reason() for one in (kill, pause) if one.is_set), ""),
        symbols=[
            {name: row[name] for name in ("symbol", "book", "silent_s", "feed")}
            for row in found.get("symbols", [])
        ],
        latencies=found.get("latencies", {}),
        metrics=found.get("metrics", {}),
    )
