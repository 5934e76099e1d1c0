"""A short soak of the reader over sockets: healthy it keeps every claim, with planted faults it breaks them.

The long one is ``python -m benchmarks.soak --minutes 10``.
"""

from dataclasses import replace

from benchmarks.loopback.plan import Chances, LoadPlan
from benchmarks.soak.plan import SoakPlan
from benchmarks.soak.run import Report, soak

MUTANTS = "leak,unchecked_books,unmarked_prints"
FAULTS = Chances(drop=0.003, duplicate=0.003, reorder=0.002, disconnect=0.0004, freeze=0.0003)
LOAD = LoadPlan(symbols=10, rate=600, seconds=17.5, calm_s=6.0, chances=FAULTS, seed=5)
PLAN = SoakPlan(
    load=LOAD,
    silence_s=2.5,
    backoff_s=0.05,
    weight_per_minute=600_000,
    most_pending=1500,  # one book and a little more
    stall_every_s=6.0,
    stall_s=5.0,
    sample_s=0.1,
)
TRIES = 3
# nothing that would open a wrong book anew
STEADY = replace(LOAD, seconds=10.0, calm_s=1.0, chances=Chances(drop=0.01))


def soaked() -> Report:
    """A soak during which the machine let nobody wait for as long as a frozen connection does, if at all."""
    for _ in range(TRIES):
        report = soak(PLAN)
        if not report.broken or report.paused_s < PLAN.silence_s:
            break
    return report


def test_sound_reader_keeps_every_claim() -> None:
    report = soaked()
    assert report.broken == []
    assert all(report.sender["faults"].values()), "every kind of fault was to be made"
    assert report.counts["overflows"] > 0, "the consumer was to be too slow"
    checked = report.audit
    assert checked.missing > 0
    assert checked.missing == checked.in_books + checked.in_marked_holes + checked.before_first
    assert checked.made - checked.missing > 0.2 * LOAD.messages


def test_planted_faults_are_caught() -> None:
    plan = SoakPlan(load=STEADY, weight_per_minute=600_000, sample_s=0.1)
    broken = soak(plan, ("-m", "tests.support.soak_mutants", MUTANTS)).broken
    for claim in ("blocks grows by", "messages were lost and nothing said so", "the final book of"):
        assert any(claim in one for one in broken), broken
