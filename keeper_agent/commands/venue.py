"""``keeper venue``: a local exchange with labelled participants, for trying Keeper and for tests."""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from keeper_agent.lab.serving import serve_recording, serve_venue
from tools.domain.errors import BadUsage


def run_venue(
    *,
    scenario: str,
    seed: int,
    port: int,
    control_port: int,
    truth_out: Path | None,
    coins: int,
    minutes: float | None,
    is_child: bool,
) -> None:
    """Check the words, then serve."""
    _check_common(port, control_port, minutes)
    if not 0 <= seed < 2**63:
        raise BadUsage(f"--seed expects a whole number from 0, was {seed}")
    if not 1 <= coins <= 5:
        raise BadUsage(f"--coins expects 1 to 5 thin coins, was {coins}")
    serve_venue(
        scenario=scenario,
        seed=seed,
        port=port,
        control_port=control_port,
        truth_out=truth_out,
        coins=coins,
        minutes=minutes,
        is_child=is_child,
        say=_say,
    )


def run_tape(
    *,
    tape: Path,
    speed: str,
    is_held: bool,
    port: int,
    control_port: int,
    minutes: float | None,
    is_child: bool,
) -> None:
    """Check the words, then show the recordings."""
    _check_common(port, control_port, minutes)
    serve_recording(
        folder=tape,
        speed=_speed(speed),
        is_held=is_held,
        port=port,
        control_port=control_port,
        minutes=minutes,
        is_child=is_child,
        say=_say,
    )


def refuse_mixed(*, tape: Path | None, speed: str, is_held: bool, truth_out: Path | None) -> None:
    """Refuse words of a tape where there is none, and of a scenario where there is a tape.

    Raises:
        BadUsage: They would be without effect.
    """
    if tape is None and (is_held or speed != "1"):
        raise BadUsage("--speed and --hold are for a --tape, there is none")
    if tape is not None and truth_out is not None:
        raise BadUsage("--truth-out is for a scenario; nobody knows who was behind a recording")


def _speed(text: str) -> float | None:
    """A multiple of the recorded pace; None is as fast as clients read."""
    if text in ("max", "0"):
        return None
    try:
        speed = float(text)
    except ValueError:
        speed = math.nan
    if not (math.isfinite(speed) and speed > 0):
        raise BadUsage(f"--speed expects a positive number or max, was {text[:40]}")
    return speed


def _check_common(port: int, control_port: int, minutes: float | None) -> None:
    for name, number in (("--port", port), ("--control-port", control_port)):
        if not 0 <= number <= 65_535:
            raise BadUsage(f"{name} expects a port from 0 to 65535, was {number}")
    if minutes is not None and not (math.isfinite(minutes) and minutes > 0):
        raise BadUsage(f"--minutes expects a positive number, was {minutes}")


def _say(described: Mapping[str, Any]) -> None:
    """The one line that tells who is ready where."""
    sys.stdout.write(json.dumps(described) + "\n")
    sys.stdout.flush()
