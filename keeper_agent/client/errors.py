"""What can go wrong with a call, one class for each thing that a caller would do about it."""

from __future__ import annotations


class CallFailed(Exception):
    """A call was not answered with what was asked for; the message is one sentence and holds no secret."""


class Unreachable(CallFailed):
    """Nobody answered, or not in time; a write may have been done, so send it again with its key."""


class Misunderstood(CallFailed):
    """The answer has another shape than this client knows: the two are of different versions."""


class Refused(CallFailed):
    """The API answered with an error.

    Attributes:
        status: Of the answer, 400 to 599.
    """

    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status


class WrongWords(Refused):
    """What was sent does not fit: 400, 413, 414, 422, 431. The same words will not be taken later either."""


class NotLetIn(Refused):
    """The token is unknown or its scope too small, or this Host is not served: 401, 403, 421."""


class NothingThere(Refused):
    """The record, or the running agent, does not know what was named: 404."""


class NotAsThingsStand(Refused):
    """The state forbids it, such as a record of another version: 409."""


class NotNow(Refused):
    """No agent runs, or as much is being served as may be: 503; what was sent came too slowly: 408.

    Later it may be answered.
    """


class BrokenThere(Refused):
    """The API failed, or its home cannot be used: 500, and any other status."""


CLASSES: dict[int, type[Refused]] = {
    **dict.fromkeys((400, 413, 414, 422, 431), WrongWords),
    **dict.fromkeys((401, 403, 421), NotLetIn),
    404: NothingThere,
    409: NotAsThingsStand,
    500: BrokenThere,
    **dict.fromkeys((408, 503), NotNow),
}


def refusal(status: int, sentence: str) -> Refused:
    """The error of its class for a ``status`` from 400 on."""
    return CLASSES.get(status, BrokenThere)(status, sentence)
