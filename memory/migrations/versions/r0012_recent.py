"""Keep what a look back at a symbol wants side by side, so that it reads a few pages and not a hundred."""

from __future__ import annotations

from alembic import op

revision = "0012"
down_revision = "0011"

DECISION = ("symbol", "ts", "ts_known", "world", "decision_id", "action", "route", "is_probe", "expected_bps")
OUTCOME = ("symbol", "ts_known", "kind", "decision_id", "result", "net_bps")


def upgrade() -> None:
    """Widen the two indexes."""
    _index("ix_decision_symbol_ts", "decision", DECISION)
    _index("ix_outcome_symbol_ts_known", "outcome", OUTCOME)


def downgrade() -> None:
    """As before."""
    _index("ix_decision_symbol_ts", "decision", DECISION[:2])
    _index("ix_outcome_symbol_ts_known", "outcome", OUTCOME[:2])


def _index(name: str, table: str, columns: tuple[str, ...]) -> None:
    op.drop_index(name, table_name=table)
    op.create_index(name, table, list(columns), unique=False)
