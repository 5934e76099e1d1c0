"""What the doctor looks at of what was written down: the bot's token and users, and files of settings."""

from __future__ import annotations

import re
import stat
from collections.abc import Iterator
from difflib import get_close_matches
from pathlib import Path

from keeper_agent.finding import FAULT, OK, WARNING, Finding
from keeper_agent.settings import CHECKOUT, SECRETS, CallerSettings, Settings
from tools.domain.clock import Clock
from tools.domain.errors import BadUsage

BOT_TOKEN = re.compile(r"[0-9]{6,12}:[A-Za-z0-9_-]{30,64}")
OURS = ("KEEPER_", "TELEGRAM_")
NAMES = {name.upper() for name in (*Settings.model_fields, *CallerSettings.model_fields)}
EXAMPLE = CHECKOUT / ".env.example"
OF_CONTAINER = CHECKOUT / "examples" / "container" / "keeper.env"
LINE = re.compile(r"^\s*(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)\s*=\s*(\S.*)?$")
OTHERS = 0o077


def check_telegram(settings: Settings, clock: Clock) -> Finding:
    """Whether the bot could speak, and to whom; the token is not shown."""
    token, users = settings.telegram_bot_token.get_secret_value(), settings.users()
    if not token:
        if users:
            fix = "set TELEGRAM_BOT_TOKEN, which @BotFather gives, or leave TELEGRAM_USER_IDS empty"
            return Finding("telegram", WARNING, f"{len(users)} users, but no token", fix)
        return Finding("telegram", OK, "not set up")
    if not BOT_TOKEN.fullmatch(token):
        fix = "copy the whole token that @BotFather gave: digits, a colon, some 35 letters and digits"
        return Finding("telegram", FAULT, "TELEGRAM_BOT_TOKEN has not the form of a token", fix)
    if not users:
        fix = "set TELEGRAM_USER_IDS to your number, which bots such as @userinfobot tell you"
        return Finding("telegram", WARNING, "nobody is obeyed, and nobody is told anything", fix)
    return Finding("telegram", OK, f"a token, and {len(users)} users who are obeyed")


def check_mlflow(settings: Settings, clock: Clock) -> Finding:
    """Whether models may be told to the MLflow server that is named; it is not called."""
    try:
        server = settings.mlflow_server()
    except BadUsage as error:
        return Finding("mlflow", FAULT, str(error), "set MLFLOW_TRACKING_URI, or KEEPER_MLFLOW=off")
    return Finding("mlflow", OK, f"{server} is told of trained models" if server else "not set up")


def check_env_files(settings: Settings, clock: Clock) -> Finding:
    """Whether files of settings are private and name settings, and the example holds no secret."""
    files = [path for path in (Path(".env"), OF_CONTAINER) if path.exists()]
    kept = [name for name, value in _lines(EXAMPLE) if name.lower() in SECRETS and value]
    if kept:
        fix = f"move them to .env, mode 600, and make new ones: {EXAMPLE} is for everybody's eyes"
        return Finding("env files", FAULT, f".env.example holds {', '.join(sorted(kept))}", fix)
    if OF_CONTAINER.exists() and stat.S_IMODE(OF_CONTAINER.stat().st_mode) & OTHERS:
        fix = f"chmod 600 {OF_CONTAINER}, and make new keys"
        return Finding("env files", FAULT, f"others may read {OF_CONTAINER}", fix)
    unknown = sorted({name for path in files for name, _ in _lines(path) if _is_mistaken(name)})
    if unknown:
        meant = [f"{name} ({'; '.join(_near(name)) or 'no such setting'})" for name in unknown]
        fix = "correct the names; .env.example lists all of them"
        return Finding("env files", WARNING, f"without effect: {', '.join(meant)}", fix)
    return Finding("env files", OK, ", ".join(map(str, files)) or "none: settings come from the environment")


def _lines(path: Path) -> Iterator[tuple[str, str]]:
    """Names and values that a file of settings sets; one that is not there sets none."""
    if path.exists():
        for line in path.read_text("utf-8", errors="replace").splitlines():
            found = LINE.match(line)
            if found is not None:
                yield found[1].upper(), (found[2] or "").strip()


def _is_mistaken(name: str) -> bool:
    """Whether it was meant for us and is none of ours; what other programs read is not our business."""
    return name not in NAMES and (name.startswith(OURS) or bool(_near(name)))


def _near(name: str) -> list[str]:
    return get_close_matches(name, sorted(NAMES), n=1, cutoff=0.9)
