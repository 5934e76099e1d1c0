"""Where an entry is played again: on paper, on paper with recorded delays, and as recorded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from statistics import median

import numpy as np
import numpy.typing as npt

from memory.lookup import DecisionStory
from tools.domain.market import NANOS, UNITS, Instrument, to_decimal
from tools.domain.parameter import ParameterSet
from tools.domain.trading import Fill, Intent, OrderStatus, OrderUpdate
from tools.execution.exchange import News
from tools.execution.executor import NEVER
from tools.execution.market import SymbolMarket
from tools.execution.matching import FILLED
from tools.execution.paper import PaperMarket

AT_ONCE_NS = NANOS // 4


@dataclass(frozen=True, slots=True)
class Delays:
    """How long orders and the news of them took, ns.

    Attributes:
        of: From being sent until the venue's first word, by client order id.
        usual: Of an order that the record does not know.
        cancelled: When an order was cancelled, by client order id.
        heard: When the agent acted on an order's execution, by client order id.
        news: From an execution until then, where the record does not know the order.
    """

    of: Mapping[str, int]
    usual: int
    cancelled: Mapping[str, int]
    heard: Mapping[str, int]
    news: int


def recorded_delays(stories: Sequence[DecisionStory], otherwise: int) -> Delays:
    """The delays in ``stories``; ``otherwise`` where no order was ever answered.

    A fill tells when the venue acted. Other words tell when the agent heard, which is the latest it can
    have been. That it acted shows in the next order, if that came at once.
    """
    found: dict[str, int] = {}
    cancelled: dict[str, int] = {}
    heard: dict[str, int] = {}
    news: list[int] = []
    for story in stories:
        words, filled = _words(story), {fill.client_order_id: fill.ts for fill in story.fills}
        for intent in story.intents:
            if intent.client_order_id in words:
                found[intent.client_order_id] = max(0, words[intent.client_order_id] - intent.ts)
        for update in story.orders:
            name = update.client_order_id
            if update.status is OrderStatus.CANCELLED:
                cancelled[name] = update.ts
            if update.is_over and name in filled:
                sent = [one.ts for one in story.intents if update.ts <= one.ts <= update.ts + AT_ONCE_NS]
                heard[name] = min(sent, default=update.ts)
                news.append(max(0, heard[name] - filled[name]))
    return Delays(
        of=found,
        usual=round(median(found.values())) if found else otherwise,
        cancelled=cancelled,
        heard=heard,
        news=round(median(news)) if news else 0,
    )


def _words(story: DecisionStory) -> dict[str, int]:
    """When the venue first said something of each order, ns."""
    told = [(fill.client_order_id, fill.ts) for fill in story.fills]
    told += [(one.client_order_id, one.ts) for one in story.orders if one.status is not OrderStatus.UNKNOWN]
    found: dict[str, int] = {}
    for name, ts in told:
        found[name] = min(ts, found.get(name, ts))
    return found


class ModelMarket(PaperMarket):
    """Paper at a venue's terms: where it keeps brackets, what is held is offered as soon as it is held.

    Of a bracket paper keeps the target; its stop is the one that the executor watches.
    """

    def __init__(self, instrument: Instrument, parameters: ParameterSet, *, has_brackets: bool) -> None:
        super().__init__(instrument, parameters)
        self.has_brackets = has_brackets


class PacedMarket(ModelMarket):
    """Paper whose orders, and the news of them, take as long as the recorded ones did."""

    def __init__(
        self, instrument: Instrument, parameters: ParameterSet, delays: Delays, *, has_brackets: bool
    ) -> None:
        self._delays = delays
        super().__init__(instrument, parameters, has_brackets=has_brackets)

    def place(self, intent: Intent) -> None:
        """Send an order; it arrives after its recorded delay."""
        super().place(intent)
        number = self._numbers[intent.client_order_id]
        row = self.desk["orders"]["number"][0] == number
        delay = self._delays.of.get(intent.client_order_id, self._delays.usual)
        self.desk["orders"]["ts_active"][0, row] = intent.ts + delay

    def cancel(self, client_order_id: str, ts: int) -> None:
        """Ask for a cancel; it acts when the recorded one did, else after the usual delay."""
        super().cancel(client_order_id, ts)
        row = self.desk["orders"]["number"][0] == self._numbers[client_order_id]
        acts = max(ts, self._delays.cancelled.get(client_order_id, ts + self._delays.usual))
        if (self.desk["orders"]["ts_cancel"][0, row] > 0).any():
            self.desk["orders"]["ts_cancel"][0, row] = acts

    @property
    def next_news(self) -> int:
        """When the agent acts on what was noticed last, ns."""
        return min((self._heard_at(one) for one in self._noticed()), default=NEVER)

    def listen(self, ts: int) -> bool:
        """Whether something is acted on at ``ts``, ns."""
        return self.next_news <= ts

    def _noticed(self) -> npt.NDArray[np.void]:
        noticed: npt.NDArray[np.void] = self.desk["notices"][0][: int(self.desk["noticed"][0])]
        return noticed

    def _heard_at(self, notice: np.void) -> int:
        ts = int(notice["ts"])
        if int(notice["kind"]) != FILLED:
            return ts
        name = self._orders[int(notice["number"])].client_order_id
        return max(ts, self._delays.heard.get(name, ts + self._delays.news))


class RecordedExchange:
    """Says of each order what was said of it, when it was said; of an order nobody sent then, nothing.

    Args:
        story: What was said.
        listed: Whose listed fees are taken instead of the recorded ones; None leaves those.
    """

    def __init__(self, story: DecisionStory, listed: Instrument | None) -> None:
        self._said: dict[str, list[tuple[int, OrderUpdate | Fill]]] = {}
        ends = {one.client_order_id: one.ts for one in story.orders if one.is_over}
        for fill in story.fills:
            told = fill if listed is None else _at_listed_fee(fill, listed)
            name = fill.client_order_id
            self._said.setdefault(name, []).append((min(fill.ts, ends.get(name, fill.ts)), told))
        for update in story.orders:
            self._said.setdefault(update.client_order_id, []).append((update.ts, update))
        self._coming: list[tuple[int, OrderUpdate | Fill]] = []
        self._heard: list[OrderUpdate | Fill] = []

    @property
    def next_news(self) -> int:
        """When something is said next, ns."""
        return self._coming[0][0] if self._coming else NEVER

    def place(self, intent: Intent) -> None:
        """Take an order; what was said of it comes in its time."""
        said = self._said.pop(intent.client_order_id, [])
        self._coming += [(max(ts, intent.ts), what) for ts, what in said]
        self._coming.sort(key=lambda one: (one[0], isinstance(one[1], OrderUpdate)))

    def cancel(self, client_order_id: str, ts: int) -> None:
        """Nothing: if it was cancelled, that is said in its time."""

    def listen(self, ts: int) -> bool:
        """Let everything up to ``ts`` be said; whether there was something."""
        said = [what for when, what in self._coming if when <= ts]
        self._coming = [one for one in self._coming if one[0] > ts]
        self._heard += said
        return bool(said)

    def drain(self) -> News:
        """Everything said since the last call."""
        heard, self._heard = self._heard, []
        updates = tuple(one for one in heard if isinstance(one, OrderUpdate))
        return News(updates, tuple(one for one in heard if isinstance(one, Fill)))


def fork(source: SymbolMarket, made: SymbolMarket) -> None:
    """Let ``made`` have sensed all that ``source`` has; orders and follows stay behind."""
    made.senses[:] = source.senses
    made.desk["plan"], made.desk["is_sound"] = source.desk["plan"], source.desk["is_sound"]


def _at_listed_fee(fill: Fill, instrument: Instrument) -> Fill:
    rate = instrument.maker_fee_bps if fill.is_maker else instrument.taker_fee_bps
    fee = instrument.value(fill.size, fill.price) * to_decimal(round(rate * UNITS)) / 10_000
    return replace(fill, fee_quote=fee, fee_asset="", fee_amount=Decimal(0))
