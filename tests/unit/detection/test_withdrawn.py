"""What a message withdrew, added up level by level."""

import numpy as np

from tools.detection.order_pool import CANCEL, ENDED, FILL, POOL, UNSEEN, record_end
from tools.detection.withdrawn import WITHDRAWN, add_withdrawals, forget_withdrawals


def test_levels_add_up_their_parts_in_the_order_of_their_first() -> None:
    rng = np.random.default_rng(8)
    pool, withdrawn = np.zeros(1, POOL), np.zeros(1, WITHDRAWN)
    untouched = withdrawn["table"].tobytes()
    for _ in range(40):
        seen = int(pool["n_ended"][0])
        expected: dict[int, list[int]] = {}
        for _ in range(int(rng.integers(0, 400))):
            key = int(rng.integers(1, 60)) * (1000 if rng.random() < 0.5 else -1000)
            ts_add, gone = int(rng.integers(0, 5)), int(rng.integers(0, 4))
            ended = int(rng.choice([UNSEEN, CANCEL, CANCEL, FILL]))
            record_end(pool[0], key, ts_add, 9, 9, 5, gone, ended, 1.0)
            if ended == CANCEL and ts_add > 0:
                units, most, birth, first = expected.get(key, [0, 0, 0, ts_add])
                if gone > most:
                    most, birth = gone, ts_add
                expected[key] = [units + gone, most, birth, first]
        add_withdrawals(withdrawn[0], pool[0], seen)
        levels = withdrawn["levels"][0][: int(withdrawn["n"][0])]
        rows = levels[["key", "units", "most", "birth", "ts_first"]].tolist()
        assert rows == [(key, *row) for key, row in expected.items()]
        forget_withdrawals(withdrawn[0])
        assert withdrawn["table"].tobytes() == untouched
    assert pool["n_ended"][0] > ENDED // 2
