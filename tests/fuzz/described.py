"""Requests made from the API's own description by schemathesis: those that fit it, and those that do not.

Each answer must have a declared status, content type and shape; none may be an error of the server's. What
fits may not be refused as malformed, what does not fit must be refused.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from http import HTTPStatus
from typing import Any

import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import Case, GenerationMode
from schemathesis.core.failures import FailureGroup
from schemathesis.specs.openapi.checks import positive_data_acceptance

from tests.fuzz.tally import Described, Tally, described
from tests.support.api import Caller

PATIENCE_S = 60.0
MALFORMED = 422
TOO_LONG = (413, 414, 431)  # refused, too, before it is read: body, address, headers
HEAD, FEWER_HEADS = "HEAD", 10
ENDLESS = "/api/events"  # its first bytes are looked at
NOT_LIKE_OURS = [
    positive_data_acceptance
]  # counts a beginning that fits several decisions, 400, as a refusal


class Fuzzer:
    """Asks every operation of one served home, with the admin's token, and tallies what came back.

    Args:
        call: Of the served home.
        known: Values of path parameters that name something, by name.
        tally: Where answers and faults are noted.
    """

    def __init__(self, call: Caller, known: Mapping[str, str], tally: Tally) -> None:
        self._call, self._known, self._tally = call, known, tally
        self._schema = schemathesis.openapi.from_dict(_without_doors(described(call)))
        refusals = self._schema.config.checks.negative_data_rejection
        refusals.expected_statuses = [*refusals.expected_statuses, *map(str, TOO_LONG)]
        self._session = requests.Session()
        self._session.trust_env = False
        self._session.headers["Authorization"] = f"Bearer {call.tokens['admin']}"

    def ask(self, examples: int, *, start: int = 0, only: str = "", with_heads: bool = True) -> None:
        """Ask each operation whose path begins with ``only``: so many that fit, and so many that do not.

        Where a path names something, every second that fits names something that is there.

        Args:
            examples: So many.
            start: The seed.
            only: How the paths begin.
            with_heads: Whether HEAD is asked as well, a tenth as often: it is answered by what answers GET.
        """
        for result in self._schema.get_all_operations():
            operation = result.ok()
            is_head = operation.method.upper() == HEAD
            if (is_head and not with_heads) or not operation.path.startswith(only):
                continue
            wanted = -(-examples // FEWER_HEADS) if is_head else examples
            known = {name: value for name, value in self._known.items() if f"{{{name}}}" in operation.path}
            fitting = (wanted + 1) // 2 if known else wanted
            self._ask(operation, GenerationMode.POSITIVE, fitting, start, known)
            if known and wanted > fitting:
                self._ask(operation, GenerationMode.POSITIVE, wanted - fitting, start)
            self._ask(operation, GenerationMode.NEGATIVE, wanted, start)

    def _ask(
        self,
        operation: Any,
        mode: GenerationMode,
        examples: int,
        start: int,
        known: Mapping[str, str] | None = None,
    ) -> None:
        @seed(start)
        @settings(
            max_examples=examples,
            derandomize=False,  # the seed makes it so
            database=None,
            deadline=None,
            phases=[Phase.generate],  # what fails is noted, not looked for a smaller one
            suppress_health_check=list(HealthCheck),
        )
        @given(case=operation.as_strategy(mode, path_parameters=dict(known) if known else None))
        def ask_one(case: Case) -> None:
            self._one(case, mode)

        with suppress(Unsatisfiable):  # what takes anything cannot be missed
            ask_one()

    def _one(self, case: Case, mode: GenerationMode) -> None:
        words = case.as_transport_kwargs(base_url=self._call.address.url)
        is_endless = case.operation.path == ENDLESS and case.operation.method.upper() != HEAD
        with self._session.request(
            **words, timeout=PATIENCE_S, allow_redirects=False, stream=is_endless
        ) as answer:
            self._tally.note(case.operation.label, answer.status_code)
            if answer.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR:
                self._session.close()  # the server hangs up after it, at a moment of its own
            if is_endless and answer.ok:
                self._first_event(case, answer)
                return
            try:
                case.validate_response(answer, excluded_checks=NOT_LIKE_OURS)
            except FailureGroup as group:
                for failure in group.exceptions:
                    self._blame(case, answer, f"{failure.title}: {failure.message}")
        if mode is GenerationMode.POSITIVE and answer.status_code == MALFORMED:
            self._blame(case, answer, "what fits the description was refused as malformed")

    def _first_event(self, case: Case, answer: requests.Response) -> None:
        kind = answer.headers["content-type"]
        if not kind.startswith("text/event-stream") or not next(answer.iter_lines()).startswith(b"event: "):
            self._blame(case, answer, f"no stream of events: {kind}")

    def _blame(self, case: Case, answer: requests.Response, what: str) -> None:
        sent = answer.request
        self._tally.blame(
            f"{case.operation.label}: {what}",
            f"{answer.status_code} {answer.text[:100]!r} {sent.url} {sent.body!r}",
        )


def _without_doors(told: Described) -> Described:
    """The description without who is let in: else tokens are made up, and ``by_hand`` tries all of them."""
    del told["components"]["securitySchemes"]
    for ways in told["paths"].values():
        for one in ways.values():
            one.pop("security", None)
    return told
