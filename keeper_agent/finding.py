"""What a check of the doctor found."""

from __future__ import annotations

from dataclasses import dataclass

OK, WARNING, FAULT = "ok", "warning", "fault"


@dataclass(frozen=True, slots=True)
class Finding:
    """One check's result; ``fix`` is empty where nothing is to be done."""

    name: str
    state: str
    found: str
    fix: str = ""
