"""Brains by the settings: who is asked, through which server, within which caps.

The providers' libraries take seconds to load, so they are loaded only when one is chosen.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from pydantic import SecretStr

from graphs.brain import Brain, ConsultRequest
from graphs.brains.breaker import Breaker
from graphs.brains.local import require_model
from graphs.context import current_prompt
from keeper_agent.settings import Settings
from keeper_agent.veil import veiled
from memory.consultations import ConsultationLog
from memory.spending import SpendCaps, SpendLedger
from memory.store import Store
from scheduler.run import RunIdentity
from tools.domain.clock import Clock, Stopwatch
from tools.domain.errors import BadUsage
from tools.domain.market import NANOS, plain
from tools.domain.trading import World
from tools.risk.escalation import Chooser

if TYPE_CHECKING:
    from graphs.brains.completion import ChatProvider
    from graphs.brains.consultant import Consultant, Desk
    from graphs.brains.pricing import Tariff


@dataclass(frozen=True, slots=True)
class BrainParts:
    """A brain as a run is wired with it.

    Attributes:
        price_usd: What a call is expected to cost now.
        has_budget: Whether a call would be allowed now.
        audit: Asks without waiting.
        budget_ns: Time an answer may take.
        chooser: Chooses what is asked; None is the usual quota.
        is_beside: Whether it is asked in a thread of its own, as where the market does not wait.
        prompt_version: In which version of the text a decision is asked about; None is the current one.
    """

    brain: Brain
    price_usd: Callable[[], float]
    has_budget: Callable[[], bool]
    audit: Callable[[Sequence[ConsultRequest]], None]
    budget_ns: int
    chooser: Chooser | None = None
    is_beside: bool = False
    prompt_version: Callable[[str], str | None] = current_prompt


@contextmanager
def open_brain(
    settings: Settings,
    store: Store,
    identity: RunIdentity,
    clock: Clock,
    stopwatch: Stopwatch,
) -> Iterator[BrainParts | None]:
    """The brain of the settings while it is needed; None where nobody shall be asked.

    It is asked beside the loop wherever the market does not wait, which is all but recordings.

    Raises:
        BadUsage: A key, a model or the extra is missing.
        BadInput: The local model is none.
    """
    if not chosen(settings):
        yield None
        return
    require_brain(settings)
    with ExitStack() as stack:
        desks = open_desks(settings, stopwatch, stack)
        consultant = _consultant(desks, settings, store, identity, clock, stopwatch)
        stack.callback(consultant.close)
        yield BrainParts(
            consultant,
            consultant.price_usd,
            consultant.has_budget,
            consultant.audit,
            round(settings.keeper_brain_deadline_sec * NANOS),
            is_beside=identity.world is not World.RECORDED,
        )


def open_desks(settings: Settings, stopwatch: Stopwatch, stack: ExitStack) -> list[Desk]:
    """The providers of the settings in the order in which they are asked; ``stack`` lets go of them."""
    return [_desk(name, settings, stopwatch, stack) for name in chosen(settings)]


def require_brain(settings: Settings) -> None:
    """Refuse settings under which nobody could be asked, before anything else is begun.

    Raises:
        BadUsage: A key, a price or the local model's path is missing, or a server is not private.
        BadInput: The local model is none.
    """
    for name in chosen(settings):
        if name == "local":
            _require_local(settings)
        else:
            _require_private(name, getattr(settings, f"{name}_base_url"))
            _tariff(name, settings)
            _key(settings, name)


def chosen(settings: Settings) -> list[str]:
    """The names of the brains in the order in which they are asked.

    Raises:
        BadUsage: The backup is the same as the first, or there is a backup alone.
    """
    first, second = settings.keeper_brain, settings.keeper_brain_backup
    if second != "none" and first in ("none", second):
        raise BadUsage(f"KEEPER_BRAIN_BACKUP={second} needs another KEEPER_BRAIN, was {first}")
    return [name for name in (first, second) if name != "none"]


def told_of_brain(settings: Settings, store: Store, run_id: str) -> dict[str, Any] | None:
    """What a run's summary says of its brain; None where nobody was to be asked."""
    if not chosen(settings):
        return None
    asked = ConsultationLog(store).of_run(run_id)
    return {
        "who": chosen(settings),
        "asked": asked.decided,
        "audited": asked.audited,
        "answered": asked.answered,
        "cost_usd": plain(asked.cost_usd),
    }


def _consultant(
    desks: Sequence[Desk],
    settings: Settings,
    store: Store,
    identity: RunIdentity,
    clock: Clock,
    stopwatch: Stopwatch,
) -> Consultant:
    # The price table and the providers' libraries are loaded only where somebody is asked.
    from graphs.brains.consultant import Consultant

    caps = spend_caps(settings)
    spending = SpendLedger(store, caps, clock, run_id=identity.run_id, world=identity.world.value)
    return Consultant(desks, spending, ConsultationLog(store), stopwatch, settings.keeper_brain_deadline_sec)


def spend_caps(settings: Settings) -> SpendCaps:
    """What may be spent on brains."""
    return SpendCaps(
        settings.keeper_brain_usd_per_call,
        settings.keeper_brain_usd_per_day,
        settings.keeper_brain_usd_per_month,
    )


def _desk(name: str, settings: Settings, stopwatch: Stopwatch, stack: ExitStack) -> Desk:
    # The price table and the providers' libraries are loaded only where somebody is asked.
    from graphs.brains.consultant import Desk

    tariff = _tariff(name, settings)
    return Desk(_PROVIDERS[name](settings, stack), Breaker(stopwatch), tariff)


def _tariff(name: str, settings: Settings) -> Tariff:
    # The price table is loaded only where somebody is asked.
    from graphs.brains.pricing import FreeTariff, ListedTariff, NotPriced

    if name == "local":
        return FreeTariff()
    try:
        return ListedTariff(name, getattr(settings, f"{name}_model"))
    except NotPriced as error:
        if _is_here(getattr(settings, f"{name}_base_url")):
            return FreeTariff()
        raise BadUsage(
            f"{error}; a model without a price cannot be held to a budget: "
            f"choose another {name.upper()}_MODEL, or a model on this machine with KEEPER_BRAIN=local"
        ) from None


def _openai(settings: Settings, stack: ExitStack) -> ChatProvider:
    # The library takes seconds to load.
    from graphs.brains.openai_chat import OpenAIProvider

    key = _key(settings, "openai")
    return OpenAIProvider(settings.openai_model, key, settings.openai_base_url or None, scrub=veiled)


def _anthropic(settings: Settings, stack: ExitStack) -> ChatProvider:
    # The library takes seconds to load.
    from graphs.brains.anthropic_chat import AnthropicProvider

    key = _key(settings, "anthropic")
    return AnthropicProvider(settings.anthropic_model, key, settings.anthropic_base_url or None, scrub=veiled)


def _local(settings: Settings, stack: ExitStack) -> ChatProvider:
    # The library takes seconds to load.
    from graphs.brains.local import LocalServer
    from graphs.brains.openai_chat import OpenAIProvider

    server = LocalServer(_require_local(settings))
    stack.callback(server.close)
    return OpenAIProvider(server.model, SecretStr(server.key), server.base_url, is_local=True, scrub=veiled)


def _require_local(settings: Settings) -> Path:
    """Where the model is, which must be there.

    Raises:
        BadUsage: No path was given.
        BadInput: There is no model.
    """
    if settings.keeper_local_model is None:
        raise BadUsage("KEEPER_BRAIN=local needs KEEPER_LOCAL_MODEL, a model in GGUF format")
    require_model(settings.keeper_local_model)
    return settings.keeper_local_model


_PROVIDERS: dict[str, Any] = {"openai": _openai, "anthropic": _anthropic, "local": _local}


def _require_private(name: str, url: str) -> None:
    """Refuse a server to which the key would travel in the clear.

    Raises:
        BadUsage: It is neither https nor on this machine.
    """
    if url and urlsplit(url).scheme != "https" and not _is_here(url):
        raise BadUsage(f"{name.upper()}_BASE_URL must be https, or on this machine, was {url!r}")


def _is_here(url: str) -> bool:
    """Whether ``url`` is a server on this machine, whose calls nobody charges for."""
    host = urlsplit(url).hostname or ""
    return host in ("localhost", "::1") or host.startswith("127.")


def _key(settings: Settings, name: str) -> SecretStr:
    key: SecretStr = getattr(settings, f"{name}_api_key")
    if not key.get_secret_value():
        raise BadUsage(f"KEEPER_BRAIN asks {name}, whose key is missing: set {name.upper()}_API_KEY")
    return key
