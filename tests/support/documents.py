"""Pages that are made from the code; ``python -m tests.support.documents`` writes them anew."""

from __future__ import annotations

from pathlib import Path

from tools.domain.parameter import CATALOGUE, ParameterSpec

ROOT = Path(__file__).resolve().parents[2]
PARAMETERS = ROOT / "docs" / "parameters.md"

HEADER = """# Parameters

Every number that Keeper's code reads and reflection may move, with its default and its bounds.
`KEEPER_PARAMETERS=name=value,name=value` sets start values; a value outside its bounds is refused.
A switch is 0 or 1. Made from `tools/domain/parameter.py` by `python -m tests.support.documents`.

| name | default | from | to | unit | meaning |
|---|--:|--:|--:|---|---|
"""


def parameters_page() -> str:
    """docs/parameters.md as it must be."""
    return HEADER + "".join(map(_row, CATALOGUE))


def _row(spec: ParameterSpec) -> str:
    numbers = " | ".join(f"{value:,.10g}" for value in (spec.default, spec.low, spec.high))
    return f"| `{spec.name}` | {numbers} | {spec.unit} | {spec.help} |\n"


if __name__ == "__main__":
    PARAMETERS.write_text(parameters_page(), "utf-8")
