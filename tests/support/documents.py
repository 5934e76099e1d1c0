"""Pages that are made from the code; ``python -m tests.support.documents`` writes them anew."""

from __future__ import annotations

from pathlib import Path

from keeper_agent.metrics.catalogue import CATALOGUE as METRICS
from tools.domain.parameter import CATALOGUE, ParameterSpec
from tools.features.names import FEATURES
from tools.features.units import MEANING_OF, UNIT_OF
from tools.models.round_trips import SCHEMA_VERSION, described
from tools.risk.limit_table import TABLE, Limit

ROOT = Path(__file__).resolve().parents[2]
PARAMETERS = ROOT / "docs" / "parameters.md"
FEATURES_PAGE = ROOT / "docs" / "features.md"
LIMITS_PAGE = ROOT / "docs" / "limits.md"
DATASET_PAGE = ROOT / "docs" / "dataset.md"
METRICS_PAGE = ROOT / "docs" / "metrics.md"

HEADER = """# Parameters

Every number that Keeper's code reads and reflection may move, with its default and its bounds.
`KEEPER_PARAMETERS=name=value,name=value` sets start values; a value outside its bounds is refused.
A switch is 0 or 1. Made from `tools/domain/parameter.py` by `python -m tests.support.documents`.

| name | default | from | to | unit | meaning |
|---|--:|--:|--:|---|---|
"""


FEATURES_HEADER = """# Features

The columns of `keeper sense`, one row a step, each as of the end of its step; empty (null) is unavailable.
Quote is what the pair is priced in (USDT for BTCUSDT). The windows are [parameters](parameters.md).
Made from `tools/features/units.py` by `python -m tests.support.documents`.

| column | type | unit | meaning |
|---|---|---|---|
| `ts` | int64 | ns since 1970, UTC | end of the step, on the receiver's clock |
| `symbol` | string | | the venue's name for the market |
"""
TYPES = {"regime": "string", "mm_detected": "bool"}


DATASET_HEADER = f"""# Dataset of round trips

The columns of `keeper dataset export`, schema {SCHEMA_VERSION}: one row a round trip with a result, taken or
followed on paper (`kind`); empty (null) is unavailable. A signal that was entered has two rows with one
`signal_id`. What was sensed is as of the signal, never later. To purge, use `ts` to `ts_known`; to count
independent rows, sum `weight`. A market that was played more than once counts once, the last time. The
file's metadata tells schema version, hash of the rows and time of the export.
Made from `tools/models/round_trips.py` by `python -m tests.support.documents`.

| column | type | unit | meaning |
|---|---|---|---|
"""


LIMITS_HEADER = """# Limits

Every limit of the account. What is asked before an entry cuts it and says so in the decision; what is
watched binds an entry that is under way. A size is the least of all bounds, and the last cut names it.
None of them ever keeps a position from being sold. The values are [parameters](parameters.md);
`keeper limits` shows those in force.
Made from `tools/risk/limit_table.py` by `python -m tests.support.documents`.

| limit | over | default | unit | parameter | asked for in | blocks | what | held by |
|---|---|--:|---|---|---|---|---|---|
"""


def limits_page() -> str:
    """docs/limits.md as it must be."""
    return LIMITS_HEADER + "".join(map(_limit_row, TABLE))


def _limit_row(limit: Limit) -> str:
    default = "" if limit.default is None else f"{limit.default:,.10g}"
    off = " (off)" if limit.off_at is not None and limit.default == limit.off_at else ""
    name = f"`{limit.parameter}`" if limit.parameter else ""
    held = limit.watched or "tools.risk.limits"
    row = (f"`{limit.name}`", limit.scope, default + off, limit.unit, name, limit.source, limit.blocks)
    return "| " + " | ".join((*row, limit.meaning, f"`{held}`")) + " |\n"


METRICS_HEADER = """# Metrics

What `/metrics` of the HTTP API tells, in Prometheus text; a token that reads it alone is in
`scrape-token` of the home. A dashboard for Grafana is `examples/grafana/keeper.json`,
rules that alert are `examples/alerts.yml`.
A histogram has `_bucket`, `_sum` and `_count` after its name. A metric that is not known yet is absent.
Made from `keeper_agent/metrics/catalogue.py` by `python -m tests.support.documents`.

| metric | type | labels | meaning |
|---|---|---|---|
"""


def metrics_page() -> str:
    """docs/metrics.md as it must be."""
    rows = ((m.full_name, m.kind.value, ", ".join(f"`{x}`" for x in m.labels), m.help) for m in METRICS)
    return METRICS_HEADER + "".join("| `{}` | {} | {} | {} |\n".format(*row) for row in rows)


def dataset_page() -> str:
    """docs/dataset.md as it must be."""
    rows = ((name, *told) for name, told in described().items())
    return DATASET_HEADER + "".join("| `{}` | {} | {} | {} |\n".format(*row) for row in rows)


def features_page() -> str:
    """docs/features.md as it must be."""
    rows = ((name, TYPES.get(name, "double"), UNIT_OF[name], MEANING_OF[name]) for name in FEATURES)
    return FEATURES_HEADER + "".join("| `{}` | {} | {} | {} |\n".format(*row) for row in rows)


def parameters_page() -> str:
    """docs/parameters.md as it must be."""
    return HEADER + "".join(map(_row, CATALOGUE))


def _row(spec: ParameterSpec) -> str:
    numbers = " | ".join(f"{value:,.10g}" for value in (spec.default, spec.low, spec.high))
    return f"| `{spec.name}` | {numbers} | {spec.unit} | {spec.help} |\n"


if __name__ == "__main__":
    PARAMETERS.write_text(parameters_page(), "utf-8")
    FEATURES_PAGE.write_text(features_page(), "utf-8")
    LIMITS_PAGE.write_text(limits_page(), "utf-8")
    DATASET_PAGE.write_text(dataset_page(), "utf-8")
    METRICS_PAGE.write_text(metrics_page(), "utf-8")
