"""What may be asked of commands that play many worlds: how many, how long, by how many processes."""

from __future__ import annotations

import math

from tools.domain.errors import BadUsage

MOST_WORLDS = 10_000
MOST_WORKERS = 16
MOST_SEED = 2**61


def check_worlds(seeds: int, first_seed: int, minutes: float, workers: int) -> None:
    """Refuse what no worlds can be played of.

    Raises:
        BadUsage: With the option that is out of bounds.
    """
    if not 1 <= seeds <= MOST_WORLDS:
        raise BadUsage(f"--seeds expects 1 to {MOST_WORLDS} worlds, was {seeds}")
    if not 0 <= first_seed < MOST_SEED:
        raise BadUsage(f"--first-seed expects a whole number from 0, was {first_seed}")
    if not (math.isfinite(minutes) and 1 <= minutes <= 24 * 60):
        raise BadUsage(f"--minutes expects 1 to {24 * 60}, was {minutes}")
    check_workers(workers)


def check_workers(workers: int) -> None:
    """Refuse more processes than make sense.

    Raises:
        BadUsage: Too few or too many.
    """
    if not 1 <= workers <= MOST_WORKERS:
        raise BadUsage(f"--workers expects 1 to {MOST_WORKERS} processes, was {workers}")


def check_training(train_seeds: int, trip_seeds: int) -> None:
    """Refuse how many worlds models are to learn from, and be set by.

    Raises:
        BadUsage: The message names the option and its bounds.
    """
    if not 1 <= train_seeds <= MOST_WORLDS:
        raise BadUsage(f"--train-seeds expects 1 to {MOST_WORLDS} worlds, was {train_seeds}")
    if not 0 <= trip_seeds <= MOST_WORLDS:
        raise BadUsage(f"--trip-seeds expects 0 to {MOST_WORLDS} worlds, was {trip_seeds}")
