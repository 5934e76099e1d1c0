"""What Keeper promises never to break: a sentence each, the tests that hold it, and the mutants they condemn.

A mutant is a broken copy of the rule that the same check must catch; a rule without one is
a rule whose test might prove nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

SIMULATED = "tests/simulation/test_simulation.py::test_nothing_breaks_in_simulated_time"
CAUGHT = "tests/simulation/test_simulation.py::test_a_broken_order_path_is_caught"
CRASHED = "tests/crash/test_crash_loop.py::test_nothing_is_lost_doubled_or_forgotten_over_many_deaths"
CRASH_CAUGHT = "tests/crash/test_crash_loop.py::test_the_loop_catches_a_broken_order_path"
GATEWAY = "tests/unit/execution/test_gateway.py"
KILL = "tests/unit/execution/test_kill.py"
RECOVERY = "tests/unit/execution/test_recovery.py"
LEDGER = "tests/unit/risk/test_ledger.py"
LIMITER = "tests/unit/execution/test_limiter.py"
LOCK = "tests/unit/memory/test_account_lock.py"
SIZING = "tests/unit/execution/test_sizing.py"
STORE = "tests/unit/memory/test_store.py"
FEED = "tests/unit/market/test_feed.py"
SYNC = "tests/unit/market/test_sync.py"
LOOP = "tests/simulation/test_seeded_loop.py"
SAME = "tests/simulation/test_simulation.py::test_the_same_seed_is_the_same_world"
HERE = "tests/invariants/test_rules.py"
DISK = "tests/invariants/test_disk.py"
GRID = "tests/invariants/test_grid_and_growth.py"


@dataclass(frozen=True, slots=True)
class Invariant:
    """One rule.

    Attributes:
        tests: Test ids that hold it, ``file::function``.
        mutants: Test ids that show a broken copy caught, ``file::function`` or with ``[parameter]``.
    """

    id: str
    sentence: str
    tests: tuple[str, ...]
    mutants: tuple[str, ...]


TABLE = (
    Invariant(
        "INV-01",
        "At most one order at the venue per client order id; a retry never makes a second",
        (
            SIMULATED,
            CRASHED,
            f"{GATEWAY}::test_a_submit_whose_reply_is_lost_is_unknown_then_found_once",
            f"{GATEWAY}::test_a_duplicate_order_is_the_first_one_found_again",
        ),
        (f"{CAUGHT}[resending]", f"{CRASH_CAUGHT}[hasty]"),
    ),
    Invariant(
        "INV-02",
        "Silence leaves an order UNKNOWN until the venue speaks; UNKNOWN blocks entries on its symbol",
        (
            SIMULATED,
            f"{GATEWAY}::test_an_outage_is_never_taken_for_not_found",
            f"{GATEWAY}::test_unknown_blocks_entries_on_its_symbol_and_lets_exits_pass",
            f"{HERE}::test_nothing_is_entered_in_doubt",
        ),
        (f"{HERE}::test_entering_in_doubt_is_caught", f"{CRASH_CAUGHT}[hasty]"),
    ),
    Invariant(
        "INV-03",
        "The position is the sum of unique fills, in any order and however often they are told",
        (
            SIMULATED,
            "tests/unit/execution/test_trades.py::test_shuffled_repeated_and_cut_by_a_restart_they_add_up",
            "tests/unit/execution/test_user_stream.py::test_orders_of_two_symbols_may_have_the_same_number",
        ),
        (
            f"{CRASH_CAUGHT}[state_fills]",
            "tests/unit/execution/test_user_stream.py::test_a_stream_that_confuses_symbols_is_caught",
        ),
    ),
    Invariant(
        "INV-04",
        "Killed anywhere and started again: no fill lost, nothing sent twice, forgotten or held on to",
        (SIMULATED, CRASHED, f"{RECOVERY}::test_a_position_under_a_bracket_is_freed_and_sold"),
        (f"{CAUGHT}[forgetful_recovery]", f"{CAUGHT}[bracket_recovery]"),
    ),
    Invariant(
        "INV-05",
        "Memory equals the venue at start and ever after; a difference halts entries and is told",
        (
            SIMULATED,
            f"{RECOVERY}::test_a_position_that_memory_cannot_explain_halts_entries_and_alerts",
            f"{HERE}::test_a_difference_halts_entries_and_is_told",
        ),
        (f"{HERE}::test_a_reconciler_that_only_tells_is_caught",),
    ),
    Invariant(
        "INV-06",
        "Nothing takes effect at the venue without a durable intent",
        (SIMULATED, CRASHED, f"{STORE}::test_what_was_committed_durably_survives_kill_nine"),
        (f"{CAUGHT}[send_first]", f"{CRASH_CAUGHT}[send_first]"),
    ),
    Invariant(
        "INV-07",
        "With the kill switch set nothing is entered, within a second and across restarts; exits pass",
        (
            SIMULATED,
            f"{KILL}::test_set_no_entry_is_sent_and_exits_pass",
            f"{KILL}::test_setting_it_withdraws_entries_within_a_second",
        ),
        (f"{CAUGHT}[deaf_to_kill]",),
    ),
    Invariant(
        "INV-08",
        "Positions, open orders and reservations stay within the limits, whatever comes at once",
        (
            SIMULATED,
            f"{LOOP}::test_the_ledgers_reserve_holds_its_limit_under_every_interleaving",
            f"{LEDGER}::test_threads_cannot_overrun_a_limit",
            f"{LEDGER}::test_what_an_earlier_process_left_takes_its_room",
        ),
        (
            f"{LOOP}::test_a_look_before_the_act_breaks_the_limit_in_many_interleavings",
            f"{LEDGER}::test_interleavings_never_break_the_ledger_and_do_break_its_check_then_act_mutant",
        ),
    ),
    Invariant(
        "INV-09",
        "No guard keeps an exit from passing; every state can be flattened",
        (
            SIMULATED,
            f"{HERE}::test_exits_pass_every_guard_but_the_loss_of_the_account",
            "tests/unit/execution/test_executor_walks.py::test_the_books_balance_after_every_walk",
        ),
        (f"{HERE}::test_a_barrier_that_holds_exits_up_is_caught",),
    ),
    Invariant(
        "INV-10",
        "What was decided too long ago, or in the future, is not entered; a feed that froze is left",
        (
            f"{HERE}::test_only_timely_decisions_are_entered",
            f"{FEED}::test_frozen_but_open_socket_is_left",
            f"{FEED}::test_stream_that_only_answers_pings_is_left",
        ),
        (f"{HERE}::test_a_barrier_that_never_looks_at_the_clock_is_caught",),
    ),
    Invariant(
        "INV-12",
        "A gap drops the book until a fresh one joins; never crossed, no ghost levels",
        (
            f"{SYNC}::test_sound_book_is_the_venues_book_and_a_fresh_one_always_heals",
            f"{FEED}::test_gap_drops_the_book_and_a_fresh_one_replaces_it",
            "tests/unit/market/test_lines.py::test_changes_that_waited_for_a_book_are_never_handed_out_without_it",
        ),
        (f"{SYNC}::test_mutant_is_caught",),
    ),
    Invariant(
        "INV-13",
        "A clock that is set or a machine that slept for days doubles nothing and lets nothing late out",
        (
            SIMULATED,
            f"{GATEWAY}::test_a_clock_that_is_off_is_set_right_and_the_order_sent_once",
            f"{HERE}::test_only_timely_decisions_are_entered",
            f"{HERE}::test_nothing_old_leaves_after_three_days_asleep",
        ),
        (
            f"{HERE}::test_a_barrier_that_never_looks_at_the_clock_is_caught",
            f"{HERE}::test_sending_what_is_three_days_old_is_caught",
        ),
    ),
    Invariant(
        "INV-15",
        "A full disk lets no order out without its intent, says so, and damages nothing",
        (
            SIMULATED,
            f"{STORE}::test_a_full_disk_is_said_in_one_line_and_loses_nothing",
            f"{DISK}::test_whichever_write_fails_no_order_leaves_without_its_intent",
        ),
        (f"{DISK}::test_a_log_that_hides_a_full_disk_is_caught",),
    ),
    Invariant(
        "INV-16",
        "After any crash the database is whole",
        (SIMULATED, f"{DISK}::test_a_whole_database_is_found_whole"),
        (f"{DISK}::test_a_damaged_database_is_caught",),
    ),
    Invariant(
        "INV-26",
        "One live agent an account; one that was thought dead and wakes up sends nothing",
        (
            SIMULATED,
            f"{LOCK}::test_a_stopped_owner_keeps_the_account_and_a_killed_one_leaves_it",
            f"{LOCK}::test_an_owner_whose_lock_file_was_replaced_is_no_owner",
            f"{HERE}::test_a_former_owner_sends_nothing",
        ),
        (f"{HERE}::test_an_owner_that_never_looks_again_is_caught",),
    ),
    Invariant(
        "INV-27",
        "A venue that says stop is left alone; cancels and exits have a reserve and go first",
        (
            SIMULATED,
            f"{GATEWAY}::test_a_ban_pauses_everything_and_the_exit_goes_first",
            f"{LIMITER}::test_entries_leave_the_reserve_to_exits",
            f"{HERE}::test_an_exit_is_not_kept_waiting_by_entries",
        ),
        (f"{HERE}::test_a_limiter_without_a_reserve_is_caught",),
    ),
    Invariant(
        "INV-32",
        "The same inputs and seed give the same decisions, orders and ids",
        (
            SAME,
            f"{LOOP}::test_the_same_seed_gives_the_same_trace",
            "tests/replay/test_same_bytes.py::test_two_processes_leave_the_same_bytes",
        ),
        ("tests/architecture/test_determinism.py::test_planted_bypass_is_caught",),
    ),
    Invariant(
        "INV-33",
        "Prices and sizes are exact, on tick and lot, and worth the smallest order",
        (
            f"{SIZING}::test_a_plan_is_exact_bounded_and_on_the_grid_or_absent_with_a_reason",
            f"{GRID}::test_every_size_is_whole_lots",
        ),
        (f"{GRID}::test_sizes_off_the_grid_are_caught",),
    ),
    Invariant(
        "INV-34",
        "Nothing grows with time: tasks, files and waiting orders are as many after hours as after minutes",
        (f"{GRID}::test_hours_leave_no_tasks_and_no_files_behind",),
        (f"{GRID}::test_a_gateway_that_keeps_its_tasks_is_caught",),
    ),
)


def markdown() -> str:
    """The table as it stands in docs/promises.md."""
    rows = [
        f"| {one.id} | {one.sentence} | {len(one.tests)}: {_named(one.tests)} | {_named(one.mutants)} |"
        for one in TABLE
    ]
    head = ["| id | what always holds | tests | mutants caught |", "| --- | --- | --- | --- |"]
    return "\n".join([*head, *rows]) + "\n"


def _named(ids: tuple[str, ...]) -> str:
    """Where to look, without saying a file twice."""
    files = dict.fromkeys(one.partition("::")[0].removeprefix("tests/").removesuffix(".py") for one in ids)
    return ", ".join(f"`{name}`" for name in files)
