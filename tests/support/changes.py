"""A line of a detector that is changed, what that would mean, and the tests that notice.

A change that no test noticed is a test that is missing.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Change:
    """One changed line.

    Attributes:
        name: What the mutant does wrong.
        module: In tools.detection.
        before: Text that occurs once in it.
        after: What stands there instead.
        tests: Those that must notice, each ``file::name`` without ``test_`` and ``.py`` of the file.
    """

    name: str
    module: str
    before: str
    after: str
    tests: tuple[str, ...]
