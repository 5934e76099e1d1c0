"""What the doctor looks at of an agent that is to run for long: keys, ports, money, switches, privacy."""

from __future__ import annotations

import socket
import stat
from pathlib import Path

from keeper_agent.brains import chosen, require_brain
from keeper_agent.figures import spent_on_brains
from keeper_agent.finding import FAULT, OK, WARNING, Finding
from keeper_agent.heart import ENDED, heartbeat_age_s, read_heartbeat
from keeper_agent.settings import Settings
from memory.account import last_known
from memory.lock import is_locked
from memory.store import Store
from tools.domain.clock import Clock, iso
from tools.domain.errors import KeeperError
from tools.domain.market import NANOS, plain
from tools.execution.kill import KillSwitch, PauseSwitch

AHEAD_NS = 3_600 * NANOS  # a recording played fast runs ahead of the clock by less
STALE_S = 60.0
OTHERS = 0o077
SECRETS = ("api-tokens.json", "scrape-token", "strategies.key", ".env")


def check_record_time(settings: Settings, clock: Clock) -> Finding:
    """Whether the record ends before the clock: else the clock was set back, or wrong before."""
    try:
        with Store.open(settings.keeper_home, read_only=True) as store:
            last = last_known(store)
    except KeeperError:
        return Finding("record time", OK, "no record to compare the clock with")
    if last > clock.now() + AHEAD_NS:
        fix = "set the clock right (timedatectl set-ntp true); after fast play this mends itself in time"
        return Finding("record time", WARNING, f"the record ends at {iso(last)}, ahead of the clock", fix)
    return Finding("record time", OK, f"the record ends at {iso(last)}" if last else "the record is empty")


def check_private(settings: Settings, clock: Clock) -> Finding:
    """Whether what holds secrets is for its owner's eyes alone."""
    open_to_others = [
        path
        for path in (*(settings.keeper_home / name for name in SECRETS[:-1]), Path(SECRETS[-1]))
        if path.exists() and stat.S_IMODE(path.stat().st_mode) & OTHERS
    ]
    if open_to_others:
        names = " ".join(map(str, open_to_others))
        return Finding("private", FAULT, f"others may read {names}", f"chmod 600 {names}, and make new keys")
    return Finding("private", OK, "what holds secrets is mode 600")


def check_ports(settings: Settings, clock: Clock) -> Finding:
    """Whether the API could listen where it is set to."""
    host, port = settings.keeper_api_host, settings.keeper_api_port
    if settings.keeper_api == "off":
        return Finding("ports", OK, "none: KEEPER_API is off")
    if port == 0:
        return Finding("ports", OK, f"a free one on {host}")
    if is_locked(settings.keeper_home):
        return Finding("ports", OK, f"{host} port {port}, while an agent runs here")
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        socket.create_server((host, port), family=family).close()
    except OSError as error:
        fix = "set KEEPER_API_PORT to another one, or to 0 for a free one; KEEPER_API_HOST=127.0.0.1"
        return Finding("ports", FAULT, f"{host} port {port}: {error.strerror or error}", fix)
    return Finding("ports", OK, f"{host} port {port} is free")


def check_keys(settings: Settings, clock: Clock) -> Finding:
    """Whether the keys that the settings ask for are there; none is shown."""
    wanted = []
    if settings.keeper_world == "live" or settings.keeper_base_url:
        wanted += ["keeper_api_key", "keeper_api_secret"]
    missing = [name.upper() for name in wanted if not getattr(settings, name).get_secret_value().strip()]
    if missing:
        fix = "make a key without the right to withdraw, and set it in .env or the environment"
        return Finding("keys", FAULT, f"{' and '.join(missing)} missing", fix)
    return Finding("keys", OK, "present" if wanted else "none needed")


def check_brain(settings: Settings, clock: Clock) -> Finding:
    """Who is asked on ambiguous signals, and whether that can be."""
    try:
        names = chosen(settings)
        require_brain(settings)
    except KeeperError as error:
        return Finding("brain", FAULT, str(error), "set the key or path, or KEEPER_BRAIN=none")
    return Finding("brain", OK, ", ".join(names) if names else "none: ambiguous signals abstain")


def check_budget(settings: Settings, clock: Clock) -> Finding:
    """What is left to spend on brains."""
    if settings.keeper_brain == "none":
        return Finding("budget", OK, "nothing is spent: no brain is asked")
    try:
        with Store.open(settings.keeper_home, read_only=True) as store:
            day, month = spent_on_brains(store, clock.now())
    except KeeperError:
        return Finding("budget", OK, "nothing was spent yet")
    caps = settings.keeper_brain_usd_per_day, settings.keeper_brain_usd_per_month
    found = f"{plain(day)} of {plain(caps[0])} USD today, {plain(month)} of {plain(caps[1])} this month"
    if day >= caps[0] or month >= caps[1]:
        fix = "wait for the next day or month, or raise KEEPER_BRAIN_USD_PER_DAY and …_PER_MONTH"
        return Finding("budget", WARNING, found, fix)
    return Finding("budget", OK, found)


def check_switches(settings: Settings, clock: Clock) -> Finding:
    """Whether entries are forbidden by hand."""
    switches = (KillSwitch(settings.keeper_home), PauseSwitch(settings.keeper_home))
    found = [f"{one.NAME} is set: {one.reason()}" for one in switches if one.is_set]
    if found:
        return Finding("switches", WARNING, "; ".join(found), "keeper resume allows entries again")
    return Finding("switches", OK, "entries are allowed")


def check_heartbeat(settings: Settings, clock: Clock) -> Finding:
    """Whether an agent that owns the home is at work."""
    home = settings.keeper_home
    found, age = read_heartbeat(home), heartbeat_age_s(home, clock)
    if not is_locked(home):
        return Finding("heartbeat", OK, "no agent runs here")
    if found is None or age is None or found.state == ENDED:
        return Finding("heartbeat", OK, "what owns the home has not traded yet")
    if age > STALE_S:
        fix = f"keeper status; if it does not answer, end process {found.pid} and start again"
        return Finding("heartbeat", FAULT, f"the loop was last seen {age:.0f} s ago", fix)
    return Finding("heartbeat", OK, f"the loop was seen {age:.1f} s ago")
