"""Keep what a look back at a symbol wants side by side, and who was asked in order of name."""

from __future__ import annotations

from alembic import op

revision = "0012"
down_revision = "0011"

DECISION = ("symbol", "ts", "ts_known", "world", "decision_id", "action", "route", "is_probe", "expected_bps")
OUTCOME = ("symbol", "ts_known", "kind", "decision_id", "result", "net_bps")

ASKED = ("provider", "model")


def upgrade() -> None:
    """Widen the two indexes."""
    _index("ix_decision_symbol_ts", "decision", DECISION)
    _index("ix_outcome_symbol_ts_known", "outcome", OUTCOME)
    for name in ASKED:
        op.create_index(f"ix_consultation_{name}", "consultation", [name], unique=False)


def downgrade() -> None:
    """As before."""
    for name in ASKED:
        op.drop_index(f"ix_consultation_{name}", table_name="consultation")
    _index("ix_decision_symbol_ts", "decision", DECISION[:2])
    _index("ix_outcome_symbol_ts_known", "outcome", OUTCOME[:2])


def _index(name: str, table: str, columns: tuple[str, ...]) -> None:
    op.drop_index(name, table_name=table)
    op.create_index(name, table, list(columns), unique=False)
