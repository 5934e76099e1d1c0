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
from tools.detection.order_pool import ENDED, FILL, SLOTS
from tools.detection.spoof_evidence import N
from tools.detection.spoof_odds import ODDS, first_odds, nearly_odds, odds_of
from tools.detection.stages import STAGE_NS, levels_before, traded_just_before
from tools.detection.touches import MOMENT, MOMENTS, TOUCH, TOUCHES, note_touch, touch_key
from tools.detection.withdrawn import WITHDRAWN, add_withdrawals, forget_withdrawals, placed_just_now
from tools.market.kernel import kernel

LEAST = 1.5  # of the usual value: smaller levels are not looked at
LONGEST_S = 60.0  # what rested longer was meant
REACH_BPS = 50.0  # beyond it a level impresses nobody
TOGETHER_NS = 150_000_000  # orders placed or ended this close together are of one act
LEVELS = 16  # large levels of one side and message
LOOK_BACK = 128  # ends before this message among which a small one opposite is looked for
LATEST = 64  # newest orders among which replacements are looked for
BALANCED, LOPSIDED = -1.0, 6.0  # bounds of what a mirror is smaller by, octaves
KINDS = ("cancel", "layered", "mirrored")
ONE, LAYERED, MIRRORED = 0, 1, 2

LEVEL = np.dtype([("key", np.int64), ("units", np.int64), ("birth", np.int64), ("value", np.float64)])
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
        ("hopeless", np.float64),  # log-odds that are surely below it
        ("n_seen", np.int64),  # ends judged
        ("n_touches", np.int64),
        ("n_alerts", np.int64),  # ever
        ("n_taken", np.int64),
        ("odds", ODDS),
        ("scratch", np.float64, (N,)),
        ("levels", LEVEL, (LEVELS,)),
        ("withdrawn", WITHDRAWN),
        ("touches", TOUCH, (TOUCHES,)),
        ("moments", MOMENT, (MOMENTS,)),
        ("background", bg.BACKGROUND),
        ("hazards", hz.HAZARDS),
        ("acts", rp.ACTS),
        ("alerts", ALERT, (ENDED,)),
    ],
    align=True,
)


@kernel
def value_of(key: int, units: int) -> float:
    """What ``units`` at a level are worth, quote."""
    return abs(key) * 1e-8 * (units * 1e-8)


@kernel
def distance_bps(touch: int, key: int) -> float:
    """How far a level lies behind the touch, both as keys; 0 is at it or before it."""
    return max(0.0, (touch - key) / abs(touch) * 1e4)


@kernel
def gather_levels(alerts: Any, pool: Any, side: int, touch: int, ts: int) -> int:
    """The large levels of one side that this message shows withdrawn, into ``levels``; how many."""
    state = alerts
    n = 0
    least = LEAST * state.background.usual
    for i in range(state.withdrawn.n):
        row = state.withdrawn.levels[i]
        if n == LEVELS:
            break
        # what was replaced makes a level no larger, so that here only smaller ones are left out
        if row.key * side < 0 or not value_of(row.key, row.units) >= least:
            continue
        if distance_bps(touch, row.key) > REACH_BPS or (ts - row.ts_first) * 1e-9 > LONGEST_S:
            continue
        units = row.units
        units -= placed_just_now(pool, row.key, ts)
        value = value_of(row.key, units)
        if units > 0 and value >= least:
            level = state.levels[n]
            level.key = row.key
            level.units = units
            level.birth = row.birth
            level.value = value
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
        if abs(row.ts_add - lead.birth) > TOGETHER_NS:
            continue
        if row.key * side > 0 or row.ts_add == 0 or row.ended == 0 or ts - row.ts_end > TOGETHER_NS:
            continue
        value = value_of(row.key, row.size)
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
    side = 1 if lead.key > 0 else -1
    value = 0.0
    for back in range(1, LATEST + 1):
        order = pool.orders[(pool.hand - back) & (SLOTS - 1)]
        if order.ts != ts or order.key * side <= 0:
            continue
        own = value_of(order.key, order.left)
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
    if nearly_odds(state.odds, alert.evidence, state.scratch) < state.hopeless:
        return
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
        add_withdrawals(state.withdrawn, pool, state.n_seen)
        judge_side(state, orders, 1, before[0], ts, ts_event)
        judge_side(state, orders, -1, -before[1], ts, ts_event)
        forget_withdrawals(state.withdrawn)
    for i in range(state.n_seen, pool.n_ended):
        row = pool.ends[i & (ENDED - 1)]
        if row.ts_add != 0 and row.ended != 0:
            value = value_of(row.key, row.size)
            life_s = (ts - row.ts_add) * 1e-9
            bg.learn_order(state.background, ts, value, life_s)
            learn_end(state, row, value, life_s, ts)
    state.n_seen = pool.n_ended
    if after[0] > 0 and after[1] > 0:
        note_touch(state, ts, after[0], after[1])
