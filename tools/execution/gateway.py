"""The order gateway: durable intents become orders at a real venue, and every fill comes back once.

Each order has one task that carries it from the wish to its end: send, find out, watch, withdraw,
count. Silence leaves an order UNKNOWN until the venue itself has answered by client order id.
An order is over only when its executions add up to what the venue says it executed.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence

from tools.domain.clock import Clock
from tools.domain.errors import InvariantBroken
from tools.domain.trading import Fill, Intent, OrderStatus, OrderUpdate
from tools.execution.asking import Desk
from tools.execution.barrier import Barrier, Guard
from tools.execution.exchange import News
from tools.execution.limiter import Lane, Limiter
from tools.execution.trades import TradeLedger
from tools.execution.user_stream import UserStream
from tools.execution.verdicts import Judgement, Verdict, is_not_found, judge
from tools.execution.wire import OrderState, Trade, Wire
from tools.execution.working import GatewayConfig, Phase, WorkingOrder

OVER = frozenset({OrderStatus.FILLED, OrderStatus.CANCELLED, OrderStatus.REJECTED})


class OrderGateway:
    """Implements ``Exchange`` for every symbol of ``wire``; lives in one event loop.

    Args:
        wire: The venue.
        clock: Stamps what is heard.
        trades: Knows the executions that memory holds already.
        guards: Asked in the last function before the wire; a word forbids the order. Each must
            let reduce-only pass unless nothing at all may be sent.
        limiter: The order path's own.
    """

    def __init__(
        self,
        wire: Wire,
        clock: Clock,
        *,
        trades: TradeLedger | None = None,
        guards: Sequence[Guard] = (),
        limiter: Limiter | None = None,
        config: GatewayConfig | None = None,
    ) -> None:
        self.wire = wire
        self.trades = trades or TradeLedger()
        self.config = config or GatewayConfig()
        self._clock = clock
        self._barrier = Barrier(guards, clock, self.config.patience_s)
        self._desk = Desk(wire, limiter or Limiter(), self.config)
        self._orders: dict[str, WorkingOrder] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._updates: list[OrderUpdate] = []
        self._fills: list[Fill] = []
        self._refusals: dict[str, int] = {}
        self._stream = UserStream(wire, self._desk, lambda: self.working, self._take)
        self.news = asyncio.Event()
        self.version = 0

    # what the executor uses

    def place(self, intent: Intent) -> None:
        """Send the order of a durable intent, as soon as there is a turn.

        Raises:
            InvariantBroken: The client order id is under way already.
        """
        self._carry(WorkingOrder(intent))

    def cancel(self, client_order_id: str, ts: int) -> None:
        """Ask for a cancel; an order that is over is left alone."""
        del ts
        order = self._orders.get(client_order_id)
        if order is not None:
            order.is_cancel_wanted = True
            order.wake.set()

    def drain(self) -> News:
        """Everything said since the last call: fills, and the ends they add up to."""
        said = News(tuple(self._updates), tuple(self._fills))
        self._updates.clear()
        self._fills.clear()
        self.news.clear()
        return said

    # what the application uses

    def start(self) -> None:
        """Begin to watch the kill switch, and the user stream where there is one."""
        self._run(self._watch_guards())
        if self.config.has_stream:
            self._run(self._stream.listen())

    async def close(self) -> None:
        """Stop every task; orders stay as they are and are found again by their intents."""
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def resume(self, intent: Intent, fills: Iterable[Fill]) -> None:
        """Take up an order of an earlier process: ask what became of it, and withdraw it."""
        self.trades.know(fills)
        order = WorkingOrder(intent, phase=Phase.UNKNOWN, is_cancel_wanted=True)
        order.asked_after = self._not_found_from()
        self._carry(order)

    def halt(self, reason: str) -> None:
        """Send no more entries until ``allow``; exits pass."""
        self._barrier.halted = reason

    def allow(self) -> None:
        """Send entries again."""
        self._barrier.halted = ""

    @property
    def halted(self) -> str:
        """Why entries are halted; empty where they are not."""
        return self._barrier.halted

    @property
    def working(self) -> tuple[WorkingOrder, ...]:
        """Orders whose end has not been told yet."""
        return tuple(self._orders.values())

    def is_unknown(self, symbol: str) -> bool:
        """Whether nobody knows what became of an order on ``symbol``."""
        return any(o.phase is Phase.UNKNOWN and o.intent.symbol == symbol for o in self.working)

    # one order's life

    def _carry(self, order: WorkingOrder) -> None:
        if order.client_order_id in self._orders:
            raise InvariantBroken(f"client order id {order.client_order_id} was placed twice")
        self._orders[order.client_order_id] = order
        self.version += 1
        self._run(self._live(order))

    async def _live(self, order: WorkingOrder) -> None:
        if order.phase is Phase.WAITING and not await self._send(order):
            return
        while order.ended is None:
            if order.phase is Phase.UNKNOWN:
                await self._find_out(order)
            elif order.is_cancel_wanted:
                await self._withdraw(order)
            else:
                await self._watch(order)
            if order.phase is Phase.OVER:
                return
        await self._count(order)

    async def _send(self, order: WorkingOrder) -> bool:
        """Send until it was sent or refused; False where there is nothing left to follow.

        Only what certainly took no effect is sent again, under the same client order id.
        """
        intent, tries = order.intent, 0
        await self._pace(intent)
        while True:
            await self._desk.enter(Lane.EXIT if intent.is_reduce_only else Lane.ENTRY)
            said = await self._transmit(order)
            if said is None:
                return True
            if said.verdict is Verdict.REJECTED:
                self._refuse(order, said.reason)
                return False
            if said.verdict is Verdict.UNKNOWN:
                self._unknown(order, said.reason)
                return True
            order.phase = Phase.WAITING
            tries += 1
            await self._desk.make_up(said, tries)

    async def _transmit(self, order: WorkingOrder) -> Judgement | None:
        """The last function before the wire: everything that may forbid an order is asked here."""
        refusal = self._barrier.refusal(order, self.working)
        if refusal:
            return Judgement(Verdict.REJECTED, refusal)
        order.phase = Phase.SENT
        try:
            async with asyncio.timeout(self.config.deadline_s) as order.timer:
                state = await self.wire.place(order.intent)
        except Exception as error:  # noqa: BLE001 (whatever went wrong, the order may exist)
            return judge(error, self.wire.dialect)
        finally:
            order.timer = None
            order.asked_after = self._not_found_from()
        order.hear(state)
        if order.intent.is_reduce_only:
            self._refusals.pop(order.intent.symbol, None)
        self._tell(order, OrderStatus.OPEN)
        return None

    async def _find_out(self, order: WorkingOrder) -> None:
        """Ask by client order id until the venue has answered; only its own not-found counts."""
        tries = 0
        while order.phase is Phase.UNKNOWN:
            asked = asyncio.get_running_loop().time()
            state, error = await self._desk.look_up(order.intent)
            if state is not None:
                order.hear(state)
                self._tell(order, OrderStatus.OPEN)
            elif error is not None and self._is_absent(error) and not order.venue_ids:
                if asked >= order.asked_after:
                    self._refuse(order, "never arrived at the venue")
                    return
                await asyncio.sleep(min(order.asked_after - asked, self.config.longest_backoff_s) + 0.001)
            else:
                tries += 1
                await self._desk.rest(error, tries)

    async def _withdraw(self, order: WorkingOrder) -> None:
        """Cancel until it is over; a cancel that came too late is settled by asking."""
        tries = 0
        while order.ended is None:
            state, error = await self._desk.cancel(order.intent)
            if state is None:
                state, _ = await self._desk.look_up(order.intent)
            if state is not None:
                order.hear(state)
            if order.ended is None:
                tries += 1
                await self._desk.rest(error, tries)

    async def _watch(self, order: WorkingOrder) -> None:
        """Wait for news of a working order, then ask for it unless its executions say it all."""
        order.wake.clear()
        try:
            async with asyncio.timeout(self._poll_s()):
                await order.wake.wait()
        except TimeoutError:
            pass
        if order.is_cancel_wanted or order.ended is not None:
            return
        if self.trades.filled(order.client_order_id) == order.intent.size:
            order.ended = _filled(order)
            return
        state, error = await self._desk.look_up(order.intent)
        if state is None:
            await self._desk.rest(error, 1)
        else:
            order.hear(state)
            if state.executed > self.trades.filled(order.client_order_id) and order.ended is None:
                await self._gather(order)

    async def _count(self, order: WorkingOrder) -> None:
        """Tell the end once the executions add up to what the venue executed."""
        tries = 0
        while order.ended is not None:
            missing = order.ended.executed - self.trades.filled(order.client_order_id)
            if missing == 0:
                self._over(order, order.ended.status, "")
                return
            error = await self._gather(order)
            if self.trades.filled(order.client_order_id) != order.ended.executed:
                tries += 1
                await self._desk.rest(error, tries)
                state, _ = await self._desk.look_up(order.intent)
                order.ended = state if state and state.status in OVER else order.ended

    async def _gather(self, order: WorkingOrder) -> BaseException | None:
        found, error = await self._desk.trades(order.intent, order.venue_ids)
        for trade in found:
            self._take(trade, order)
        return error

    # what is heard

    def _take(self, trade: Trade, order: WorkingOrder) -> None:
        fill = self.trades.take(trade, order.intent, self.wire.instruments[order.intent.symbol])
        if fill is not None:
            self._fills.append(fill)
            self._heard()

    def _tell(self, order: WorkingOrder, status: OrderStatus, reason: str = "") -> None:
        filled = self.trades.filled(order.client_order_id)
        self._updates.append(OrderUpdate(order.client_order_id, status, filled, self._clock.now(), reason))
        self._heard()

    def _unknown(self, order: WorkingOrder, reason: str) -> None:
        order.phase = Phase.UNKNOWN
        self._tell(order, OrderStatus.UNKNOWN, reason)

    def _refuse(self, order: WorkingOrder, reason: str) -> None:
        if order.intent.is_reduce_only:
            symbol = order.intent.symbol
            self._refusals[symbol] = self._refusals.get(symbol, 0) + 1
        self._over(order, OrderStatus.REJECTED, reason)

    def _over(self, order: WorkingOrder, status: OrderStatus, reason: str) -> None:
        order.phase = Phase.OVER
        del self._orders[order.client_order_id]
        self._tell(order, status, reason)

    def _heard(self) -> None:
        self.version += 1
        self.news.set()

    # beside the orders

    async def _pace(self, intent: Intent) -> None:
        """Exits that are refused again and again are sent ever more slowly, never given up."""
        refusals = self._refusals.get(intent.symbol, 0)
        if intent.is_reduce_only and refusals > 0:
            await asyncio.sleep(self.config.backoff(refusals))

    async def _watch_guards(self) -> None:
        """Withdraw entries, also those just on their way, once a guard forbids them."""
        while True:
            for order in self.working:
                if not order.intent.is_reduce_only and self._barrier.forbids(order.intent):
                    order.is_cancel_wanted = True
                    order.interrupt()
                    order.wake.set()
            await asyncio.sleep(self.config.kill_check_s)

    def _is_absent(self, error: BaseException) -> bool:
        return is_not_found(error, self.wire.dialect)

    def _poll_s(self) -> float:
        return self.config.quiet_poll_s if self._stream.is_live else self.config.poll_s

    def _not_found_from(self) -> float:
        now = asyncio.get_running_loop().time()
        return now + self.config.recv_window_s + self.config.margin_s

    def _run(self, work: object) -> None:
        task = asyncio.ensure_future(work)  # type: ignore[call-overload]
        self._tasks.add(task)
        task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            self.halt(f"the order gateway failed: {error!r}")
            asyncio.get_running_loop().call_exception_handler({"message": self.halted, "exception": error})


def _filled(order: WorkingOrder) -> OrderState:
    size = order.intent.size
    return OrderState(order.client_order_id, "", OrderStatus.FILLED, size, size)
