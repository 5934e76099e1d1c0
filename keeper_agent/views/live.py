"""The terminal while the agent runs: what is sensed, a line a decision, order and fill, the result so far."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Self

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.panel import Panel
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from keeper_agent.views.board import REGIMES, Board, MakerWatch, SymbolRow
from keeper_agent.views.summary import UNAVAILABLE, money, number
from scheduler.run import Tally
from tools.domain.clock import iso
from tools.domain.market import plain, to_decimal
from tools.domain.regime import Regime
from tools.domain.trading import Action, Decision, Fill, Intent, OrderUpdate, Outcome, Signal

STYLES = {Action.ENTER: "bold green", Action.SKIP: "dim", Action.ABSTAIN: "yellow"}
CLOCK = slice(11, 19)


class LiveView:
    """An observer that draws on a terminal; where nobody looks it prints plain lines.

    Args:
        console: Where to draw.
        tally: The run's counts.
        model: Version of the outcome model, or None.
        place: Where orders go, for the frame.
    """

    def __init__(self, console: Console, tally: Tally, model: str | None, place: str = "PAPER") -> None:
        self._console = console
        self._tally = tally
        self._model = model
        self._title = ""
        self._quote = ""
        self._place = place
        self._makers = MakerWatch()
        self._live = Live(console=console, auto_refresh=False, transient=True)
        self._is_drawing = console.is_terminal
        self.worth_asking: str | None = None  # the last decision that entered, or the last of all
        self._has_entered = False

    def __enter__(self) -> Self:
        if self._is_drawing:
            self._live.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._is_drawing:
            self._live.stop()

    def begin_tape(self, title: str, quote: str) -> None:
        """A tape begins; its results are in ``quote``."""
        self._title = title
        self._quote = quote
        self._console.print(Text(f"▶ {title}", style="bold"))

    @property
    def makers_found(self) -> int:
        """Symbols on which a market maker was found, where symbols are shown together."""
        return len(self._makers.found)

    def frame(self, ts: int, share: float, status: str, features: Mapping[str, float | None]) -> None:
        """Draw one market as sensed at ``ts``, ``share`` of the tape done."""
        if self._is_drawing:
            self._live.update(self._panel(ts, share, self._senses(status, features)), refresh=True)

    def frame_of(self, ts: int, share: float | None, rows: Sequence[SymbolRow]) -> None:
        """Draw all markets at ``ts``, ``share`` of the session done, and say which market makers come and go.

        ``share`` is None where a session has no end.
        """
        for row in rows:
            line = self._makers.look(row, ts)
            if line is not None:
                self._print(Text.assemble((f"{iso(ts)[CLOCK]}   ", "dim"), line))
        if self._is_drawing:
            self._live.update(self._panel(ts, share, Board(rows)), refresh=True)

    def tell_result(self, ts: int) -> None:
        """A line with the result so far, for where nothing is drawn."""
        if not self._is_drawing:
            self._print(Text.assemble((f"{iso(ts)[CLOCK]}   ", "dim"), self._result()))

    def on_decision(self, decision: Decision, signal: Signal) -> None:
        """A line a decision: route, probability beside its break-even, size and reason."""
        if decision.action is Action.ENTER or not self._has_entered:
            self.worth_asking = decision.decision_id
            self._has_entered = decision.action is Action.ENTER
        line = Text()
        line.append(f"{iso(decision.ts)[CLOCK]} {decision.decision_id} ", style="dim")
        word = "probe" if decision.is_probe else decision.action.value
        line.append(f"{word:<7} ", style=STYLES[decision.action])
        line.append(f"{decision.symbol} ")
        line.append(f"{decision.route.label:<7} ", style="cyan")
        if decision.probability is not None:
            line.append(f"p {decision.probability:.2f}/{decision.breakeven:.2f} ")
        if decision.plan is not None:
            value, slices = decision.plan.value_quote, len(decision.plan.slices)
            line.append(f"{money(value)} {'at once' if slices == 1 else f'in {slices} slices'} ")
        line.append(short_reason(decision), style="dim")
        self._print(line)

    def on_intent(self, intent: Intent) -> None:
        """A line an order."""
        price = "market" if intent.price is None else plain(to_decimal(intent.price))
        text = f"order {intent.leg} {intent.side.label} {plain(to_decimal(intent.size))} at {price}"
        self._event(intent.ts, "blue", text)

    def on_order(self, update: OrderUpdate) -> None:
        """A line where an order was refused; everything else shows in fills and outcomes."""
        if update.status.value == "rejected":
            self._event(update.ts, "red", f"order {update.client_order_id} rejected: {update.reason}")

    def on_fill(self, fill: Fill) -> None:
        """A line a fill."""
        how = "maker" if fill.is_maker else "taker"
        amount, price = plain(to_decimal(fill.size)), plain(to_decimal(fill.price))
        self._event(
            fill.ts,
            "magenta",
            f"fill {fill.side.label} {amount} at {price} ({how}, fee {money(fill.fee_quote)})",
        )

    def on_outcome(self, outcome: Outcome) -> None:
        """A line a round trip; follows on paper stay silent."""
        if outcome.kind != "taken":
            return
        if outcome.net_bps is None or outcome.net_quote is None:
            self._event(outcome.ts_known, "dim", f"entry {outcome.result.value} {outcome.decision_id}")
            return
        style = "green" if outcome.net_bps > 0 else "red"
        # The id comes last: a narrow terminal cuts it before the result.
        text = f"round trip {outcome.result.value.replace('_', ' ')} {outcome.net_bps:+.1f} bps, "
        text += f"{money(outcome.net_quote)} {self._quote} {outcome.decision_id}"
        self._event(outcome.ts_known, style, text)

    def _event(self, ts: int, style: str, text: str) -> None:
        line = Text(f"{iso(ts)[CLOCK]}   ", style="dim")
        line.append(text, style=style)
        self._print(line)

    def _print(self, line: Text) -> None:
        """One line; cut only where a terminal has an edge."""
        if self._is_drawing:
            line.truncate(self._console.width - 1, overflow="ellipsis")
        self._console.print(line, soft_wrap=True)

    def _panel(self, ts: int, share: float | None, market: RenderableType) -> Panel:
        parts: list[RenderableType] = [market, self._result()]
        if share is not None:
            parts.append(ProgressBar(total=1.0, completed=share))
        return Panel(
            Group(*parts),
            title=Text(f"{self._title}  {iso(ts)[:19]}"),
            subtitle=f"{self._place} · Ctrl-C stops",
            padding=(0, 1),
        )

    def _senses(self, status: str, f: Mapping[str, float | None]) -> Table:
        regime = Regime(int(f.get("regime") or 0)).label
        table = Table.grid(padding=(0, 2))
        lower, upper = f.get("mm_lower_bound"), f.get("mm_upper_bound")
        bounds = UNAVAILABLE if lower is None or upper is None else f"{lower:.6g} – {upper:.6g}"
        table.add_row(
            Text.assemble("regime ", (regime, REGIMES.get(regime, "dim"))),
            f"mid {number(f.get('mid'), '.8g')}",
            f"spread {number(f.get('spread_bps'), '.3f', ' bps')}",
            f"aggressor {number(f.get('aggressor_ratio_60s'), '.2f')}",
        )
        table.add_row(
            f"MM {bounds}",
            f"confidence {number(f.get('mm_confidence'), '.2f')}",
            f"order {number(f.get('mm_avg_order_size'), '.0f')}",
            f"spoof {number(f.get('spoofing_score'), '.2f')}",
        )
        model = self._model or "none yet"
        table.add_row(f"book {status}", "BTC correlation unavailable", f"model {model}", "")
        return table

    def _result(self) -> Text:
        t = self._tally
        line = Text(
            f"decisions {t.decisions}  probes {t.probes}  fills {t.fills}  round trips {t.round_trips}  "
        )
        if t.departures:
            line.append(f"departures met {t.departures}  ", style="yellow")
        line.append(
            f"result {money(t.net_quote)} {self._quote}", style="green" if t.net_quote >= 0 else "red"
        )
        line.append(f" after {money(t.fees_quote)} fees")
        return line


def short_reason(decision: Decision) -> str:
    """The reason without what the line says already."""
    reason = decision.reason
    for word in ("probe, though skip: ", "probe, though abstain: ", "rule."):
        reason = reason.replace(word, "")
    return reason
