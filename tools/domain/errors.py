"""One error class for each distinct reaction, with the exit code a command ends with.

Messages say what was expected, what was there and where: a user's mistake must never
need a traceback to be understood.
"""

from __future__ import annotations


class KeeperError(Exception):
    """Base of every error that a user is shown as one line."""

    exit_code = 1


class BadUsage(KeeperError):
    """The words of a command, a setting or a parameter are not usable."""

    exit_code = 2


class BadInput(KeeperError):
    """A file handed to a command is missing, malformed or not what it claims to be."""

    exit_code = 3


class StoreUnusable(KeeperError):
    """The database, the vector index or the home folder cannot be read or written."""

    exit_code = 4


class StoreOfOtherVersion(StoreUnusable):
    """The database is sound, but its tables are of an older or newer Keeper; the message says what to run."""


class HomeLocked(KeeperError):
    """Another process owns this home; it alone may write."""

    exit_code = 5


class NotInRecord(KeeperError):
    """What was asked for does not exist in memory."""

    exit_code = 6


class ModelUnusable(KeeperError):
    """A model file is corrupted, foreign or does not fit the features in use."""

    exit_code = 7


class NotEnoughData(KeeperError):
    """There is data, but too little of it to do honestly what was asked."""

    exit_code = 8


class InvariantBroken(KeeperError):
    """Keeper found itself in a state it promises never to be in; a bug, never the user's fault."""

    exit_code = 9


class NotRunning(KeeperError):
    """No agent runs in this home, or the one that did has gone."""

    exit_code = 10
