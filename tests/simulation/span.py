"""What is simulated, and what came of it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field


@dataclass(slots=True)
class Hour:
    """What came of a seed."""

    seed: int
    breaches: list[str] = field(default_factory=list)
    events: list[str] = field(default_factory=list)
    steps: int = 0
    lives: int = 0
    orders: int = 0
    fills: int = 0
    requests: int = 0
    worst_usd: float = 0.0
    struck: Counter[str] = field(default_factory=Counter)
    befell: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True, slots=True)
class Span:
    """How long, and how many hours' misfortunes in one."""

    hours: float
    density: float
