"""Examples that a model can learn from, for tests of what is done with a model."""

from __future__ import annotations

from tools.models.examples import Example


def learnable(n: int = 400) -> list[Example]:
    """Trades of which those in a narrow market win."""
    found = []
    for i in range(n):
        wins = i % 7 in (0, 2, 3)
        found.append(
            Example(
                signal_id=f"s{i:04}",
                symbol="ORBUSDT",
                ts=i * 10**9,
                ts_end=i * 10**9 + 10**8,
                features={"mid": 1.0, "spread_bps": 2.0 + i % 3 if wins else 20.0 + i % 5},
                gain_bps=5.0,
                loss_bps=20.0,
                won=wins,
                net_bps=5.0 if wins else -20.0,
            )
        )
    return found
