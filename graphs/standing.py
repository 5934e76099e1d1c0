"""What is held now, by the fills in the record."""

from __future__ import annotations

from graphs.answers import Told, cited
from memory.asked import held_facts
from memory.statistics import last_decision_time
from memory.store import Store
from prompts.queries import Query
from tools.domain.clock import iso
from tools.domain.errors import NotInRecord
from tools.domain.market import plain, to_decimal


def holding(store: Store, query: Query, now: int) -> Told:
    """Every decision whose position is not closed.

    Raises:
        NotInRecord: What was held at another time is asked.
    """
    where = query.where
    if (where.ts_to is not None and where.ts_to <= now) or query.is_moment:
        raise NotInRecord(
            "not in the record as asked: positions are told as they are now; "
            "ask which entries there were at that time"
        )
    found = held_facts(store, where.symbol, where.world)
    newest = last_decision_time(store) or now
    place = f" on {where.symbol}" if where.symbol else ""
    numbers = {
        "n": len(found),
        "value": len(found),
        "held": [
            {
                "decision_id": one.decision_id,
                "symbol": one.symbol,
                "size": plain(to_decimal(one.size)),
                "price": plain(to_decimal(one.price)),
            }
            for one in found
        ],
    }
    if not found:
        text = f"Nothing is held{place}: every entry with a fill has been closed, as of {iso(newest)}."
        return text, numbers, ()
    lines = [f"{len(found)} open position{'s' if len(found) > 1 else ''}{place}:"]
    lines += [
        f"  {one.decision_id}  {one.symbol}  {plain(to_decimal(one.size))} at {plain(to_decimal(one.price))} "
        f"since {iso(one.ts)}"
        for one in found
    ]
    return "\n".join(lines), numbers, cited(one.decision_id for one in found)
