"""Settings have one door: no module but keeper_agent/settings.py reads the environment."""

from collections.abc import Iterator

import pytest

from tests.support.sources import PACKAGES, Source, at, calls, is_below, offences, references

DOOR = "keeper_agent/settings.py"
READERS = ("os.environ", "os.environb", "os.getenv", "os.getenvb", "os.putenv", "os.unsetenv")
LOADERS = ("pydantic_settings", "dotenv")


def reads_environment(source: Source) -> Iterator[str]:
    """Direct reads, libraries that read on one's behalf, and command options filled from a variable."""
    if source.path == DOOR:
        return
    for node, name in references(source):
        if is_below(name, *READERS, *LOADERS):
            yield at(source, node, f"{name} outside {DOOR}")
    for call, _ in calls(source):
        if any(keyword.arg == "envvar" for keyword in call.keywords):
            yield at(source, call, f"envvar= outside {DOOR}")


def test_only_settings_read_the_environment() -> None:
    assert offences(reads_environment, *PACKAGES) == []


@pytest.mark.parametrize(
    "planted",
    [
        "import os\nhome = os.environ['KEEPER_HOME']",
        "import os as system\nhome = system.getenv('KEEPER_HOME')",
        "from os import environ\nhome = environ.get('KEEPER_HOME')",
        "from os import getenv as read",
        "import os\nos.environ['NUMBA_NUM_THREADS'] = '1'",
        "from pydantic_settings import BaseSettings",
        "import dotenv\ndotenv.load_dotenv()",
        "import typer\nhome = typer.Option(envvar='KEEPER_HOME')",
    ],
)
def test_planted_read_is_caught(planted: str) -> None:
    assert list(reads_environment(Source.planted(planted)))


def test_settings_may_read_it() -> None:
    planted = "import os\nhome = os.environ.get('KEEPER_HOME')"
    assert list(reads_environment(Source.planted(planted, DOOR))) == []
