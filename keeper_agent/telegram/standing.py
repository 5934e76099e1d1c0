"""How the agent stands, as messages: out of what it publishes, or of what it last left in its home."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from keeper_agent.controlling import tell
from keeper_agent.heart import heartbeat_age_s
from keeper_agent.last_status import read_last
from keeper_agent.telegram.message import Message
from keeper_agent.telegram.words import Words
from tools.domain.clock import Clock
from tools.domain.errors import NotInRecord, NotRunning

Found = Mapping[str, Any]


class Standing:
    """Says how the agent in ``home`` stands."""

    def __init__(self, home: Path, words: Words, clock: Clock) -> None:
        self._home, self._words, self._clock = home, words, clock

    def status(self) -> Message:
        """Open positions, and whether it runs and may enter."""
        found, running = self._found()
        say = self._words
        why = f" ({found['why']})" if found.get("why") else ""
        lines = [
            running,
            say("status.entries", entries=say(f"entries.{found['entries']}"), why=why),
            *(
                say("status.position", **{**_position(one), "probe": say("probe") if one["is_probe"] else ""})
                for one in found["positions"]
            ),
        ]
        if not found["positions"]:
            lines.append(say("status.no_position"))
        lines.append(say("status.orders", n=len(found["orders"])))
        return Message(say("status.head", world=found["world"].upper(), place=found["place"]), lines)

    def balance(self) -> Message:
        """What is at stake, and what today and this run came to."""
        found, running = self._found()
        say, run, today = self._words, found["run"], found["today"]
        most = f"{found['limits']['max_total_exposure_usd']:g}"
        lines = [
            running,
            say("balance.stake", usd=found["at_stake_usd"], most=most),
            say("balance.today", usd=today["realised_usd"], entries=today["entries"]),
            say("balance.run", net=run["net_quote"], fees=run["fees_quote"]),
        ]
        at_stake = [one for one in found["symbols"] if float(one["at_stake_usd"])]
        lines += [say("balance.symbol", symbol=one["symbol"], usd=one["at_stake_usd"]) for one in at_stake]
        return Message(say("balance.head"), lines)

    def count(self) -> Message:
        """How many positions, orders and entries of today."""
        found, running = self._found()
        say = self._words
        n, orders = len(found["positions"]), len(found["orders"])
        today = say("count.today", n=found["today"]["entries"])
        return Message(say("count.head"), [running, say("count.open", n=n, orders=orders), today])

    def whitelist(self) -> Message:
        """Which symbols are watched."""
        names = [str(one["symbol"]) for one in self._found()[0]["symbols"]]
        return Message(self._words("whitelist.head", n=len(names)), [", ".join(names)])

    def risk(self) -> Message:
        """The limits in force, and what is used of them."""
        found, running = self._found()
        say = self._words
        rests = [one for one in found["symbols"] if one["rest_s"] > 0]
        return Message(
            say("risk.head"),
            [
                running,
                say("risk.stake", usd=found["at_stake_usd"]),
                *(
                    say("risk.limit", name=name, value=f"{value:g}")
                    for name, value in found["limits"].items()
                ),
                *(say("risk.rest", symbol=one["symbol"], s=round(one["rest_s"])) for one in rests),
            ],
        )

    def health(self) -> Message:
        """Heartbeat, feeds, what waits to be written, and whether memory agrees with the venue."""
        found, running = self._found()
        say, age, venue = self._words, heartbeat_age_s(self._home, self._clock), found.get("venue") or {}
        lines = [running, say("health.no_heart") if age is None else say("health.heart", s=f"{age:.0f}")]
        lines += [
            say("health.symbol", symbol=one["symbol"], book=one["book"], s=_whole(one["silent_s"]))
            for one in found["symbols"]
        ]
        lines.append(say("health.rows", n=found.get("rows_waiting", 0)))
        if venue.get("halted"):
            lines.append(say("health.halted", halted=venue["halted"]))
        if found.get("reconciliation"):
            lines.append(say("health.compared", text=found["reconciliation"]["text"]))
        return Message(say("health.head"), lines)

    def _found(self) -> tuple[Found, str]:
        """What is known, and in words whether that is of now."""
        say = self._words
        try:
            found = tell(self._home, "status")
        except NotRunning:
            last = read_last(self._home)
            if last is None:
                raise NotInRecord(say("never_ran")) from None
            return last, say("not_running", time=last["time"])
        if found.get("is_starting"):
            raise NotRunning(say("starting"))
        return found, say("running", began=found["began"])


def _position(one: Found) -> dict[str, Any]:
    named = {name: one[name] for name in ("symbol", "size", "price", "target", "stop")}
    return {**named, "id": one["decision_id"]}


def _whole(seconds: float | None) -> str:
    return "?" if seconds is None else f"{seconds:.0f}"
