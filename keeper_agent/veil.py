"""The secrets this process was given, blanked out of whatever it says: errors, tracebacks, the log.

They are noted here the moment they are read, once a process, because any library may put any value into the
text of an exception, and that text goes to the terminal and to the log. A library also shows a secret as it
sends it: inside Base64, in an address, in hexadecimal. ``keeper_agent.spellings`` lists what is looked for.
"""

from __future__ import annotations

import logging
import sys
import threading
import traceback
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Any

from keeper_agent.spellings import spellings

HIDDEN = "[hidden]"
LEAST = 6  # shorter ones are no secrets, and would blank half of every line

_hidden: set[str] = set()
_forms: tuple[str, ...] = ()  # of all of them, the longest first


def hide(secrets: Iterable[str]) -> None:
    """From now on blank ``secrets``, also as JSON, ``repr``, Base64, addresses and hexadecimal spell them."""
    global _forms
    new = {secret for secret in secrets if len(secret) >= LEAST} - _hidden
    if new:
        _hidden.update(new)
        found = {form for secret in new for form in spellings(secret) if len(form) >= LEAST}
        _forms = tuple(sorted({*_forms, *found}, key=len, reverse=True))


def veiled(text: str) -> str:
    """``text`` without any of them."""
    for form in _forms:
        if form in text:
            text = text.replace(form, HIDDEN)
    return text


class _VeiledRecord(logging.LogRecord):
    """What any library logs, to whatever handler, without secrets."""

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        if self.exc_info and self.exc_info[1] is not None:
            self.exc_text = veiled("".join(traceback.format_exception(self.exc_info[1])).rstrip("\n"))

    def getMessage(self) -> str:  # noqa: N802 (the base class names it so)
        """The message with its values."""
        return veiled(super().getMessage())


@contextmanager
def veiling() -> Iterator[None]:
    """Within, what libraries log and errors that nobody caught, in any thread, are told without secrets."""
    before = sys.excepthook, threading.excepthook, logging.getLogRecordFactory()
    sys.excepthook, threading.excepthook = _tell, _tell_of_thread
    logging.setLogRecordFactory(_VeiledRecord)
    try:
        yield
    finally:
        sys.excepthook, threading.excepthook = before[:2]
        logging.setLogRecordFactory(before[2])


def _tell(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    sys.stderr.write(veiled("".join(traceback.format_exception(kind, error, trace))))


def _tell_of_thread(told: threading.ExceptHookArgs) -> None:
    if told.exc_value is not None and not issubclass(told.exc_type, SystemExit):
        name = "unknown" if told.thread is None else told.thread.name
        sys.stderr.write(f"in the thread {name}:\n")
        _tell(told.exc_type, told.exc_value, told.exc_traceback)
