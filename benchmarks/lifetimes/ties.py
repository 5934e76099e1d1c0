"""What nobody can know who sees no ids: which of equal orders at one price was withdrawn.

With perfect knowledge of who rests, how many cancels had an equal beside them, how often it was the
youngest, and what that leaves of all cancels at best for a rule that goes by size and age.
"""

from __future__ import annotations

from collections import defaultdict
from typing import Any, TypeAlias

import numpy as np

from benchmarks.lifetimes.figures import share
from benchmarks.lifetimes.truth import Truth

Resting: TypeAlias = dict[tuple[int, int], dict[int, int]]  # of a price and size, row and beginning


def tie_figures(truth: Truth, since: int) -> dict[str, Any]:
    """Cancels of whole orders from ``since`` on that had equals, and the youngest's share of them.

    ``truth`` is of every event. An order reduced in part before it ended counts at the size that went.
    """
    whole = truth[(truth["ts_add"] > 0) & truth["is_whole"]]
    order = np.argsort(whole["ts_add"], kind="stable")
    added, level = whole["ts_add"][order], whole[["key", "gone"]][order].tolist()
    alive: Resting = defaultdict(dict)
    ties = youngest = cancels = next_add = 0
    for i in np.argsort(whole["ts_end"], kind="stable").tolist():
        row = whole[i]
        while next_add < len(order) and added[next_add] <= row["ts_end"]:
            alive[level[next_add]][int(order[next_add])] = int(added[next_add])
            next_add += 1
        equals = alive[(int(row["key"]), int(row["gone"]))]
        if row["is_cancel"] and row["ts_end"] >= since:
            cancels += 1
            ties += len(equals) > 1
            youngest += len(equals) > 1 and next(reversed(equals)) == i
        equals.pop(i)
    best = cancels - ties + youngest
    return {"tied": share(ties, cancels), "youngest": share(youngest, ties), "ceiling": share(best, cancels)}
