"""What a sender sends: how many symbols, how fast, for how long, and what goes wrong by chance.

Every message has a number, and its venue time is ``FIRST_MS`` plus that number, in
milliseconds: whatever a client makes of the message, its number can be read from the time.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

FIRST_MS = 1_700_000_000_000
MILLI = 1_000_000  # nanoseconds
DEPTH, PRINT = 0, 1
KINDS = ("depth", "trade")


@dataclass(frozen=True, slots=True, kw_only=True)
class Chances:
    """How likely each message is to suffer; a frozen or cut connection takes all its streams along.

    Attributes:
        drop: The message is never written.
        duplicate: It is written twice.
        reorder: It is written after the next message of its stream.
        disconnect: Its connection is cut off with what was under way.
        freeze: Its connection says nothing any more, not even an answer to a ping.
    """

    drop: float = 0.0
    duplicate: float = 0.0
    reorder: float = 0.0
    disconnect: float = 0.0
    freeze: float = 0.0

    def __post_init__(self) -> None:
        """Refuse what is no chance."""
        for field in fields(self):
            if not 0 <= getattr(self, field.name) < 1:
                raise ValueError(f"{field.name} must lie in [0, 1), was {getattr(self, field.name)}")


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadPlan:
    """A run of a sender, which starts when every stream has a follower.

    Attributes:
        venue: In whose language: binance or mexc.
        rate: Messages a second over all symbols.
        seconds: How long they are sent.
        calm_s: Of these the last ones, in which nothing goes wrong.
        trade_share: Of the messages, those that are trades.
        levels: Levels that a change of a book names, both sides together.
    """

    venue: str = "binance"
    symbols: int = 50
    rate: float = 1000.0
    seconds: float = 10.0
    calm_s: float = 0.0
    trade_share: float = 0.4
    levels: int = 10
    seed: int = 1
    chances: Chances = Chances()

    def __post_init__(self) -> None:
        """Refuse a run that cannot be."""
        if not 1 <= self.symbols <= 99:
            raise ValueError(f"symbols must be 1 to 99, was {self.symbols}")
        if not 0 < self.rate <= 100_000 or not 0 < self.seconds <= 86_400:
            raise ValueError(f"rate and seconds must be positive, were {self.rate:g} and {self.seconds:g}")
        if not 0 <= self.calm_s <= self.seconds:
            raise ValueError(f"calm_s must lie within the run, was {self.calm_s:g} of {self.seconds:g}")
        if self.levels < 2 or self.levels % 2:
            raise ValueError(f"levels must be even and positive, was {self.levels}")

    @property
    def names(self) -> tuple[str, ...]:
        """The symbols as the venue spells them."""
        return tuple(f"C{number:02d}USDT" for number in range(self.symbols))

    @property
    def messages(self) -> int:
        """How many are made at most."""
        return int(self.rate * self.seconds) + 1


def number_of(ts_event: int) -> int:
    """The number of the message with this venue time, nanoseconds."""
    return ts_event // MILLI - FIRST_MS
