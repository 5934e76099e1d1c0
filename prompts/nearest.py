"""Questions that can be answered and are nearest to one that was not understood.

The examples are text (``examples.txt``). Near is who shares rare words: a word that most examples
have says nothing of what was meant.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from functools import cache
from math import log

from prompts.tables import read_lines
from prompts.vietnamese import is_vietnamese, without_marks

MOST_SHOWN = 3
STEM = 5  # letters by which words are the same: "skip", "skips" and "skipped" mostly are


def nearest_questions(text: str, n: int = MOST_SHOWN) -> Sequence[str]:
    """The ``n`` examples nearest to ``text``, in its language; the first ones where none is near."""
    own = [one for one in examples() if is_vietnamese(one) is is_vietnamese(text)]
    counts = Counter(stem for one in own for stem in _stems(one))
    asked = _stems(text)

    def nearness(one: str) -> float:
        return sum(log(len(own) / counts[stem]) for stem in asked & _stems(one))

    return sorted(own, key=lambda one: (-nearness(one), own.index(one)))[:n]


@cache
def examples() -> Sequence[str]:
    """Every question that is offered."""
    return read_lines("examples.txt")


@cache
def _stems(text: str) -> frozenset[str]:
    return frozenset(word[:STEM] for word in re.findall(r"\w+", without_marks(text.lower())))
