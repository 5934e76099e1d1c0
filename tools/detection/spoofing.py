"""Large orders that were shown and withdrawn: how likely is it that they were not meant?

Judged when a book message is whole, for each side: what was withdrawn of large levels placed
together, against what is usual for the symbol (background.py). The log-odds are linear in the
evidence, fitted on development worlds only (decision 28). Nothing is judged unless an ``AlertLog`` asks.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from tools.detection import background as bg
from tools.detection.order_pool import CANCEL, ENDED, FILL, SLOTS, oldest_of
from tools.market.kernel import kernel

LEAST = 1.5  # of the usual value: smaller levels are not looked at
LONGEST_S = 60.0  # what rested longer was meant
REACH_BPS = 50.0  # beyond it a level impresses nobody
TOGETHER_NS = 150_000_000  # orders placed or ended this close together are of one act
LEVELS = 16  # large levels of one side and message
LOOK_BACK = 128  # ends before this message among which a small one opposite is looked for
TOUCHES = 2048  # messages whose touch is remembered; a power of two so that an index is a mask
LATEST = 64  # newest orders among which replacements are looked for
REPEAT_S = 180.0  # time constant of what is remembered of earlier acts
KINDS = ("cancel", "layered", "mirrored")
ONE, LAYERED, MIRRORED = 0, 1, 2

EVIDENCE = (
    "one",
    "size",  # log2 of the largest level's value in usual ones
    "total",  # log2 of all levels' value in large ones
    "layers",  # log2 of the levels withdrawn together that were placed together
    "life",  # log of the lifetime, seconds
    "life_squared",
    "rarity",  # of so short a life among all orders, -log of the share
    "distance",  # log1p of the distance from the touch as it was placed, bps
    "approach",  # share of 5 bps by which the touch came closer since; negative: went away
    "mirror",  # a smaller order opposite, at the touch, came and went with it
    "mirror_filled",  # and was filled
    "repeats",  # log1p of earlier acts with layers or mirror, fading
    "replaced",  # log1p of what the same message placed large on that side, in shares of the total
)
N = len(EVIDENCE)
WEIGHTS = (-10.555, 0.242, 2.117, 4.602, 0.95, -0.215, 0.899, -0.07, 0.237, 7.413, -0.672, -0.044, -0.473)
THRESHOLD = 0.9964

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
        ("repeats", np.float64),
        ("ts_repeat", np.int64),
        ("weights", np.float64, (N,)),
        ("levels", LEVEL, (LEVELS,)),
        ("touches", TOUCH, (TOUCHES,)),
        ("background", bg.BACKGROUND),
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
    low = max(0, alerts.n_touches - TOUCHES)
    high = alerts.n_touches
    while low < high:
        middle = (low + high) // 2
        if alerts.touches[middle & (TOUCHES - 1)].ts <= ts:
            low = middle + 1
        else:
            high = middle
    if low <= max(0, alerts.n_touches - TOUCHES):
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
def find_mirror(alerts: Any, pool: Any, lead: Any, ts: int) -> int:
    """Whether a smaller order opposite came with ``lead`` and went with it: 0, CANCEL or FILL."""
    side = 1 if lead.key > 0 else -1
    touch = touch_key(alerts, lead.birth, -side)
    found = 0
    for i in range(max(0, alerts.n_seen - LOOK_BACK), pool.n_ended):
        row = pool.ends[i & (ENDED - 1)]
        if row.key * side > 0 or row.ts_add == 0 or row.ended == 0 or ts - row.ts_end > TOGETHER_NS:
            continue
        is_small = row.size * abs(row.key) < lead.units * abs(lead.key)
        if is_small and abs(row.ts_add - lead.birth) <= TOGETHER_NS and row.key >= touch:
            found = max(found, row.ended)
    return found


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
def weigh(alerts: Any, pool: Any, n: int, touch: int, ts: int, alert: Any) -> None:
    """The evidence of ``n`` levels into ``alert``."""
    background = alerts.background
    k = 0
    for i in range(1, n):
        if alerts.levels[i].value > alerts.levels[k].value:
            k = i
    lead = alerts.levels[k]
    layers = 0
    units = 0
    total = 0.0
    for i in range(n):
        level = alerts.levels[i]
        if abs(level.birth - lead.birth) <= TOGETHER_NS:
            layers += 1
            units += level.units
            total += level.value
    life_s = max((ts - lead.birth) * 1e-9, 1e-3)
    before = touch_key(alerts, lead.birth, 1 if lead.key > 0 else -1)
    now = distance_bps(touch, lead.key)
    placed = distance_bps(before, lead.key) if before != 0 else now
    mirror = find_mirror(alerts, pool, lead, ts)
    x = alert.evidence
    x[0] = 1.0
    x[1] = np.log2(lead.value / background.usual)
    x[2] = np.log2(total / background.large)
    x[3] = np.log2(layers)
    x[4] = np.log(life_s)
    x[5] = x[4] * x[4]
    x[6] = -np.log(bg.share_shorter(background, life_s))
    x[7] = np.log1p(placed)
    x[8] = min(max((placed - now) / 5.0, -1.0), 1.0)
    x[9] = 1.0 if mirror != 0 else 0.0
    x[10] = 1.0 if mirror == FILL else 0.0
    x[11] = np.log1p(alerts.repeats * np.exp(-(ts - alerts.ts_repeat) * 1e-9 / REPEAT_S))
    x[12] = np.log1p(placed_instead(pool, lead, ts) / total)
    alert.ts = ts
    alert.ts_add = lead.birth
    alert.key = lead.key
    alert.units = units
    alert.kind = LAYERED if layers > 1 else (MIRRORED if mirror != 0 else ONE)


@kernel
def remember_act(alerts: Any, ts: int, alert: Any) -> None:
    """Acts with layers or a mirror make the next one likelier."""
    state = alerts
    if alert.kind != ONE:
        state.repeats = 1.0 + state.repeats * np.exp(-(ts - state.ts_repeat) * 1e-9 / REPEAT_S)
        state.ts_repeat = ts


@kernel
def judge_side(alerts: Any, pool: Any, side: int, touch: int, ts: int, ts_event: int) -> None:
    """Score what one side withdrew, and keep it from the floor on."""
    state = alerts
    n = gather_levels(state, pool, side, touch, ts)
    if n == 0:
        return
    alert = state.alerts[state.n_alerts & (ENDED - 1)]
    weigh(state, pool, n, touch, ts, alert)
    odds = 0.0
    for i in range(N):
        odds += state.weights[i] * alert.evidence[i]
    alert.score = 1.0 / (1.0 + np.exp(-odds))
    alert.ts_event = ts_event
    remember_act(state, ts, alert)
    if alert.score >= state.floor:
        state.n_alerts += 1


@kernel
def judge_withdrawals(alerts: Any, pool: Any, before: Any, after: Any, ts: int, ts_event: int) -> None:
    """Judge a whole message; ``before`` and ``after`` are best bid and ask around it, 0 is none."""
    state = alerts
    if state.background.usual > 0 and before[0] > 0 and before[1] > 0:
        judge_side(state, pool, 1, before[0], ts, ts_event)
        judge_side(state, pool, -1, -before[1], ts, ts_event)
    for i in range(state.n_seen, pool.n_ended):
        row = pool.ends[i & (ENDED - 1)]
        if row.ts_add != 0 and row.ended != 0:
            value = abs(row.key) * 1e-8 * (row.size * 1e-8)
            bg.learn_order(state.background, ts, value, (ts - row.ts_add) * 1e-9)
    state.n_seen = pool.n_ended
    if after[0] > 0 and after[1] > 0:
        note_touch(state, ts, after[0], after[1])
