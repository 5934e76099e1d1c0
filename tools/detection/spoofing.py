"""Large orders that were shown and withdrawn: how likely is it that they were not meant?

Judged when a book message is whole, for each side: what was withdrawn of large levels placed
together, against what is usual for the symbol (background.py), against when such orders end there
(hazards.py) and against what this market withdrew before (repeats.py). How much each of it says was fitted
on development worlds only (spoof_odds.py, decision 28). Nothing is judged unless an ``AlertLog`` asks.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from tools.detection import background as bg
from tools.detection import hazards as hz
from tools.detection import repeats as rp
from tools.detection.order_pool import CANCEL, ENDED, FILL, SLOTS, oldest_of
from tools.detection.spoof_evidence import N
from tools.detection.spoof_odds import ODDS, first_odds, odds_of
from tools.detection.stages import STAGE_NS, levels_before, traded_just_before
from tools.market.kernel import kernel

LEAST = 1.5  # of the usual value: smaller levels are not looked at
LONGEST_S = 60.0  # what rested longer was meant
REACH_BPS = 50.0  # beyond it a level impresses nobody
TOGETHER_NS = 150_000_000  # orders placed or ended this close together are of one act
LEVELS = 16  # large levels of one side and message
LOOK_BACK = 128  # ends before this message among which a small one opposite is looked for
TOUCHES = 2048  # messages whose touch is remembered; a power of two so that an index is a mask
LATEST = 64  # newest orders among which replacements are looked for
BALANCED, LOPSIDED = -1.0, 6.0  # bounds of what a mirror is smaller by, octaves
KINDS = ("cancel", "layered", "mirrored")
ONE, LAYERED, MIRRORED = 0, 1, 2

LEVEL = np.dtype([("key", np.int64), ("units", np.int64), ("birth", np.int64), ("value", np.float64)])
TOUCH = np.dtype([("ts", np.int64), ("bid", np.int64), ("ask", np.int64)])
ALERT = np.dtype(
    [
        ("ts", np.int64),  # receive time of the message that showed the cancel
        ("ts_event", np.int64),
        ("ts_add", np.int64),
        ("key", np.int64),  # of the largest level
        ("units", np.int64),  # of all levels together
        ("kind", np.int64),
        ("score", np.float64),
        ("evidence", np.float64, (N,)),
    ],
    align=True,
)
ALERTS = np.dtype(
    [
        ("is_asked", np.int64),
        ("floor", np.float64),  # score from which an alert is kept
        ("n_seen", np.int64),  # ends judged
        ("n_touches", np.int64),
        ("n_alerts", np.int64),  # ever
        ("n_taken", np.int64),
        ("odds", ODDS),
        ("scratch", np.float64, (N,)),
        ("levels", LEVEL, (LEVELS,)),
        ("touches", TOUCH, (TOUCHES,)),
        ("background", bg.BACKGROUND),
        ("hazards", hz.HAZARDS),
        ("acts", rp.ACTS),
        ("alerts", ALERT, (ENDED,)),
    ],
    align=True,
)


@kernel
def note_touch(alerts: Any, ts: int, bid: int, ask: int) -> None:
    """Remember the touch after a message."""
    state = alerts
    row = state.touches[state.n_touches & (TOUCHES - 1)]
    row.ts = ts
    row.bid = bid
    row.ask = ask
    state.n_touches += 1


@kernel
def touch_key(alerts: Any, ts: int, side: int) -> int:
    """Key (price times side) of the touch after the last message up to ``ts``; 0 is not known."""
    floor = max(0, alerts.n_touches - TOUCHES)
    low = alerts.n_touches
    high = low
    step = 1
    while low > floor:  # most that is asked for is recent
        low = max(floor, high - step)
        if alerts.touches[low & (TOUCHES - 1)].ts <= ts:
            low += 1
            break
        high = low
        step *= 2
    while low < high:
        middle = (low + high) // 2
        if alerts.touches[middle & (TOUCHES - 1)].ts <= ts:
            low = middle + 1
        else:
            high = middle
    if low <= floor:
        return 0
    row = alerts.touches[(low - 1) & (TOUCHES - 1)]
    key: int = row.bid if side > 0 else -row.ask
    return key


@kernel
def distance_bps(touch: int, key: int) -> float:
    """How far a level lies behind the touch, both as keys; 0 is at it or before it."""
    return max(0.0, (touch - key) / abs(touch) * 1e4)


@kernel
def placed_just_now(pool: Any, key: int, ts: int) -> int:
    """Units of a level's orders that this same message showed: what was replaced has not gone."""
    first = oldest_of(pool, key)
    units = 0
    if first < 0:
        return units
    slot = pool.orders[first].last
    while pool.orders[slot].ts == ts:
        units += pool.orders[slot].left
        if slot == first:
            break
        slot = pool.orders[slot].last
    return units


@kernel
def withdrawn_level(alerts: Any, pool: Any, at: int, ts: int, level: Any) -> bool:
    """What was withdrawn in this message at the level of end ``at``; False where an earlier end told it.

    Parts are added up, so that it does not matter into which orders a change was taken apart.
    """
    key = pool.ends[at & (ENDED - 1)].key
    for i in range(alerts.n_seen, at):
        row = pool.ends[i & (ENDED - 1)]
        if row.key == key and row.ended == CANCEL and row.ts_add != 0:
            return False
    units = 0
    most = 0
    for i in range(at, pool.n_ended):
        row = pool.ends[i & (ENDED - 1)]
        if row.key == key and row.ended == CANCEL and row.ts_add != 0:
            units += row.gone
            if row.gone > most:
                most = row.gone
                level.birth = row.ts_add
    units -= placed_just_now(pool, key, ts)
    level.key = key
    level.units = units
    level.value = abs(key) * 1e-8 * (units * 1e-8)
    return units > 0


@kernel
def gather_levels(alerts: Any, pool: Any, side: int, touch: int, ts: int) -> int:
    """The large levels of one side that this message shows withdrawn, into ``levels``; how many."""
    state = alerts
    n = 0
    least = LEAST * state.background.usual
    for at in range(state.n_seen, pool.n_ended):
        row = pool.ends[at & (ENDED - 1)]
        if n == LEVELS:
            break
        if row.ended != CANCEL or row.ts_add == 0 or row.key * side < 0:
            continue
        if distance_bps(touch, row.key) > REACH_BPS or (ts - row.ts_add) * 1e-9 > LONGEST_S:
            continue
        level = state.levels[n]
        if withdrawn_level(state, pool, at, ts, level) and level.value >= least:
            n += 1
    return n


@kernel
def find_mirror(alerts: Any, pool: Any, lead: Any, ts: int) -> Any:
    """Whether a smaller order opposite came and went with ``lead`` (0, CANCEL or FILL), and the balance.

    The balance is log2 of the lead's value in that of the largest order opposite that came and went with
    it, wherever it lay: a market maker's two sides are of one size. 0 where there was none.
    """
    side = 1 if lead.key > 0 else -1
    touch = touch_key(alerts, lead.birth, -side)
    found = 0
    most = 0.0
    for i in range(max(0, alerts.n_seen - LOOK_BACK), pool.n_ended):
        row = pool.ends[i & (ENDED - 1)]
        if row.key * side > 0 or row.ts_add == 0 or row.ended == 0 or ts - row.ts_end > TOGETHER_NS:
            continue
        if abs(row.ts_add - lead.birth) > TOGETHER_NS:
            continue
        value = abs(row.key) * 1e-8 * (row.size * 1e-8)
        most = max(most, value)
        if value < lead.value and row.key >= touch:
            found = max(found, row.ended)
    balance = 0.0
    if most > 0.0:
        balance = min(max(np.log2(lead.value / most), BALANCED), LOPSIDED)
    return found, balance


@kernel
def placed_instead(pool: Any, lead: Any, ts: int) -> float:
    """Value, quote, of the large orders that this message placed on the side of ``lead``."""
    value = 0.0
    for back in range(1, LATEST + 1):
        order = pool.orders[(pool.hand - back) & (SLOTS - 1)]
        if order.key * (1 if lead.key > 0 else -1) <= 0 or order.ts != ts:
            continue
        own = abs(order.key) * 1e-8 * (order.left * 1e-8)
        if own >= 0.5 * lead.value:
            value += own
    return value


@kernel
def weigh(alerts: Any, orders: Any, n: int, touch: int, ts: int, ts_event: int, alert: Any) -> None:
    """The evidence of ``n`` levels into ``alert``."""
    pool = orders.pool
    background = alerts.background
    k = 0
    for i in range(1, n):
        if alerts.levels[i].value > alerts.levels[k].value:
            k = i
    lead = alerts.levels[k]
    layers = 0
    staged = levels_before(pool, alerts.n_seen, lead, ts)
    units = 0
    total = 0.0
    for i in range(n):
        level = alerts.levels[i]
        staged += 1 if abs(level.birth - lead.birth) <= STAGE_NS else 0
        if abs(level.birth - lead.birth) <= TOGETHER_NS:
            layers += 1
            units += level.units
            total += level.value
    life_s = max((ts - lead.birth) * 1e-9, 1e-3)
    before = touch_key(alerts, lead.birth, 1 if lead.key > 0 else -1)
    now = distance_bps(touch, lead.key)
    placed = distance_bps(before, lead.key) if before != 0 else now
    mirror, balance = find_mirror(alerts, pool, lead, ts)
    x = alert.evidence
    x[0] = np.log2(lead.value / background.usual)
    x[1] = np.log2(total / background.large)
    x[2] = np.log2(layers)
    x[3] = np.log(life_s)
    x[4] = x[3] * x[3]
    x[5] = -np.log(bg.share_shorter(background, life_s))
    x[6] = np.log1p(placed)
    x[7] = min(max((placed - now) / 5.0, -1.0), 1.0)
    x[8] = 1.0 if mirror != 0 else 0.0
    x[9] = 1.0 if mirror == FILL else 0.0
    x[10] = balance
    x[11] = np.log1p(placed_instead(pool, lead, ts) / total)
    cell = hz.cell_of(lead.value / background.usual, placed)
    x[12] = -np.log(hz.ended_by(alerts.hazards, cell, hz.CANCELS, life_s))
    x[13] = np.log(hz.ended_by(alerts.hazards, cell, hz.FILLS, life_s))
    side = 1 if lead.key > 0 else -1
    x[14] = np.log2(staged / layers)
    x[15] = 1.0 if traded_just_before(orders, side, ts_event) else 0.0
    x[16] = 1.0 if traded_just_before(orders, -side, ts_event) else 0.0
    alert.ts = ts
    alert.ts_add = lead.birth
    alert.key = lead.key
    alert.units = units
    alert.kind = LAYERED if layers > 1 else (MIRRORED if mirror != 0 else ONE)


@kernel
def recall_acts(alerts: Any, alert: Any, ts: int) -> None:
    """What this market withdrew before, as evidence; then the act joins it."""
    state = alerts
    x = alert.evidence
    odds = first_odds(state.odds, x)
    side = 1 if alert.key > 0 else -1
    likely, alike = rp.alike_before(state.acts, ts, side, x[0], x[6], x[2], x[3])
    x[17] = np.log1p(likely)
    x[18] = np.log1p(alike)
    x[19] = rp.belief_at(state.acts, ts)
    x[20] = state.acts.usual
    rp.learn_act(state.acts, ts, side, x[0], x[6], x[2], x[3], odds)


@kernel
def judge_side(alerts: Any, orders: Any, side: int, touch: int, ts: int, ts_event: int) -> None:
    """Score what one side withdrew, and keep it from the floor on."""
    state = alerts
    n = gather_levels(state, orders.pool, side, touch, ts)
    if n == 0:
        return
    alert = state.alerts[state.n_alerts & (ENDED - 1)]
    weigh(state, orders, n, touch, ts, ts_event, alert)
    recall_acts(state, alert, ts)
    odds = odds_of(state.odds, alert.evidence, state.scratch)
    alert.score = 1.0 / (1.0 + np.exp(-odds))
    alert.ts_event = ts_event
    if alert.score >= state.floor:
        state.n_alerts += 1


@kernel
def learn_end(alerts: Any, row: Any, value: float, life_s: float, ts: int) -> None:
    """When an order of this size and distance ended, and how."""
    state = alerts
    touch = touch_key(state, row.ts_add, 1 if row.key > 0 else -1)
    if touch != 0 and state.background.usual > 0:
        cell = hz.cell_of(value / state.background.usual, distance_bps(touch, row.key))
        hz.learn_end(state.hazards, ts, cell, hz.FILLS if row.ended == FILL else hz.CANCELS, life_s)


@kernel
def judge_withdrawals(alerts: Any, orders: Any, before: Any, after: Any, ts: int, ts_event: int) -> None:
    """Judge a whole message; ``before`` and ``after`` are best bid and ask around it, 0 is none."""
    state = alerts
    pool = orders.pool
    if state.background.usual > 0 and before[0] > 0 and before[1] > 0:
        judge_side(state, orders, 1, before[0], ts, ts_event)
        judge_side(state, orders, -1, -before[1], ts, ts_event)
    for i in range(state.n_seen, pool.n_ended):
        row = pool.ends[i & (ENDED - 1)]
        if row.ts_add != 0 and row.ended != 0:
            value = abs(row.key) * 1e-8 * (row.size * 1e-8)
            life_s = (ts - row.ts_add) * 1e-9
            bg.learn_order(state.background, ts, value, life_s)
            learn_end(state, row, value, life_s, ts)
    state.n_seen = pool.n_ended
    if after[0] > 0 and after[1] > 0:
        note_touch(state, ts, after[0], after[1])
