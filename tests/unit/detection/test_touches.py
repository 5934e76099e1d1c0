"""The touch at a past moment, asked for again and again."""

from bisect import bisect_right

import numpy as np

from tools.detection.spoofing import ALERTS
from tools.detection.touches import TOUCHES, note_touch, touch_key


def test_a_moment_asked_for_before_is_answered_as_if_it_were_the_first_time() -> None:
    rng = np.random.default_rng(4)
    state = np.zeros(1, ALERTS)
    noted: list[int] = []
    ts = 1_700_000_000_000_000_000
    first = ts
    for n in range(1, 3 * TOUCHES):
        ts += int(rng.integers(0, 3)) * 50_000_000  # several messages may come in one moment
        note_touch(state[0], ts, n, 10_000 + n)
        noted.append(ts)
        for back in rng.integers(0, min(n, TOUCHES + 400), 2).tolist():
            asked = max(first - 1, noted[n - 1 - back] - back % 2)
            last = bisect_right(noted, asked)
            expected = last if last > max(0, n - TOUCHES) else 0
            assert touch_key(state[0], asked, 1) == expected
            assert touch_key(state[0], asked, -1) == (-(10_000 + last) if expected else 0)
