"""The files to run Keeper as a service: what they promise, and that our program understands their words."""

from __future__ import annotations

import configparser
import json
import re
import shlex
import shutil
import subprocess
import tomllib
from collections.abc import Sequence
from pathlib import Path

import pytest
import yaml

from keeper_agent.beating import BEAT_S, STALL_S
from keeper_agent.settings import Settings
from tests.support.commands import Here
from tests.support.documents import ROOT

SYSTEMD = ROOT / "examples" / "systemd"
CONTAINER = ROOT / "examples" / "container"
PACKAGES = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["hatch"]["build"]["targets"][
    "wheel"
]["packages"]
EXPOSURE = 2.0  # of systemd's own 0 to 10; a service without hardening has 9.6


def unit(name: str) -> dict[str, dict[str, str]]:
    """The sections of a unit; where a name is given twice its last line."""
    parser = configparser.RawConfigParser(strict=False, delimiters=("=",), interpolation=None)
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read_string((SYSTEMD / name).read_text("utf-8"))
    return {section: dict(parser[section]) for section in parser.sections()}


def test_the_watchdog_is_slower_than_the_heart_and_the_stall_that_silences_it() -> None:
    service = unit("keeper.service")["Service"]
    assert service["Type"] == "notify"
    assert BEAT_S < STALL_S < float(service["WatchdogSec"])


def test_what_does_not_mend_by_itself_is_not_tried_again() -> None:
    service = unit("keeper.service")["Service"]
    assert service["Restart"] == "on-failure"
    assert {2, 7, 9} == set(map(int, service["RestartPreventExitStatus"].split()))


@pytest.mark.parametrize("name", ["keeper.service", "keeper-heartbeat.service", "keeper-telegram.service"])
def test_our_program_knows_the_words_of_the_units(
    name: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    service = unit(name)["Service"]
    for key in ("ExecStartPre", "ExecStart"):
        if key in service:
            program, *words = shlex.split(service[key])
            assert Path(program).name == "keeper"
            assert Here(monkeypatch, capsys)(*words, "--help").code == 0, words


def test_systemd_finds_no_fault_and_little_exposure() -> None:
    tool = shutil.which("systemd-analyze")
    if tool is None:
        pytest.skip("systemd-analyze is not installed; the other tests read the units")
    names = [str(path) for path in sorted(SYSTEMD.iterdir())]
    done = subprocess.run(
        [tool, "verify", "--man=no", *names], capture_output=True, text=True, check=False, timeout=240
    )
    faults = [line for line in done.stderr.splitlines() if "is not executable" not in line]
    assert [line for line in faults if "keeper" in line] == []
    judged = subprocess.run(
        [tool, "security", "--offline=true", str(SYSTEMD / "keeper.service")],
        capture_output=True, text=True, check=False, timeout=240,
    )  # fmt: skip
    level = re.search(r"exposure level for keeper\.service: ([\d.]+)", judged.stdout)
    if level is None:
        pytest.skip(f"systemd-analyze cannot judge a file here: {judged.stderr[:200]}")
    assert float(level[1]) <= EXPOSURE


def container_lines() -> list[str]:
    """The instructions of the container file, each in one line, without comments."""
    text = (CONTAINER / "Containerfile").read_text("utf-8").replace("\\\n", " ")
    return [line for line in text.splitlines() if line and not line.startswith("#")]


def is_taken(path: str, patterns: Sequence[str]) -> bool:
    """Whether a build takes ``path``: of the patterns that fit it or a folder above it, the last decides."""
    taken = True
    for pattern in patterns:
        if any(_fits(part, pattern.removeprefix("!")) for part in _upwards(path)):
            taken = pattern.startswith("!")
    return taken


def _upwards(path: str) -> list[str]:
    parts = path.split("/")
    return ["/".join(parts[: count + 1]) for count in range(len(parts))]


def _fits(path: str, pattern: str) -> bool:
    """As the builders match: a star stays within a name, two with a slash stand for any folders or none."""
    words = "".join(
        {"**/": "(.*/)?", "*": "[^/]*"}.get(word, re.escape(word))
        for word in re.findall(r"\*\*/|\*|[^*]+", pattern)
    )
    return re.fullmatch(words, path) is not None


def ignored() -> list[str]:
    """The patterns of ``.dockerignore``."""
    lines = (ROOT / ".dockerignore").read_text("utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def test_the_container_runs_as_nobody_special_and_is_watched() -> None:
    service = yaml.safe_load((CONTAINER / "compose.yml").read_text("utf-8"))["services"]["keeper"]
    assert service["read_only"] is True
    assert service["init"] is True  # as process 1 Python would not hear SIGTERM before the loop runs
    assert service["cap_drop"] == ["ALL"]
    assert "no-new-privileges:true" in service["security_opt"]
    assert all(port.startswith("127.0.0.1:") for port in service["ports"])
    assert {name.lower() for name in service["environment"]} <= set(Settings.model_fields)
    lines = container_lines()
    assert lines.index("USER keeper") < next(i for i, line in enumerate(lines) if line.startswith("CMD"))
    text = "\n".join(lines)
    assert "--require-hashes" in text
    assert "--gid 10001" in text  # a volume's files belong to these
    assert "--uid 10001" in text
    assert re.search(r"^HEALTHCHECK", text, re.MULTILINE)


def test_only_the_lock_comes_before_what_is_downloaded() -> None:
    lines = container_lines()
    download = next(i for i, line in enumerate(lines) if "-r requirements.lock" in line)
    copied = [line.split()[1:-1] for line in lines[:download] if line.startswith("COPY")]
    assert copied == [["requirements.lock"]]


def test_the_sources_are_readable_and_their_bytecode_is_made_before_the_agent_comes() -> None:
    lines = container_lines()
    made = next(i for i, line in enumerate(lines) if "compileall" in line)
    assert "chmod -R go=rX .env.example *" in lines[made]
    assert made < lines.index("USER keeper") < lines.index("RUN keeper compile")
    assert set(PACKAGES) <= set(lines[made].partition("compileall")[2].split())


def test_every_word_after_the_entry_is_found_by_the_path() -> None:
    lines = container_lines()
    assert any(line.startswith("ENV PATH=/opt/keeper/.venv/bin:$PATH ") for line in lines)
    assert 'ENTRYPOINT ["keeper"]' in lines


def test_both_health_checks_are_words_of_our_program(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    service = yaml.safe_load((CONTAINER / "compose.yml").read_text("utf-8"))["services"]["keeper"]
    _, program, *words = service["healthcheck"]["test"]
    assert program == "keeper"
    told = next(line for line in container_lines() if line.startswith("HEALTHCHECK")).partition("CMD ")[2]
    assert json.loads(told) == [program, *words]
    options = next(line for line in container_lines() if line.startswith("HEALTHCHECK")).partition("CMD ")[0]
    for key in ("interval", "timeout", "start_period", "retries"):
        assert f"--{key.replace('_', '-')}={service['healthcheck'][key]} " in options, key
    Here(monkeypatch, capsys)(*words).fails_in_one_line(10, "no heartbeat in")


@pytest.mark.parametrize("folder", ["", "keeper_agent/", "examples/tapes/", "examples/container/"])
@pytest.mark.parametrize("name", [".env", ".env.local", "keeper.env", "__pycache__/x.pyc"])
def test_private_files_stay_out_of_the_image(folder: str, name: str) -> None:
    assert not is_taken(folder + name, ignored())


@pytest.mark.parametrize("name", [".git/config", ".keeper/keeper.sqlite", ".venv/x", "id_rsa", "tests/x.py"])
def test_what_the_program_does_not_need_stays_out_of_the_image(name: str) -> None:
    assert not is_taken(name, ignored())


def test_the_image_takes_all_that_the_program_reads() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    needed = [*project["license-files"], "pyproject.toml", "requirements.lock", ".env.example"]
    tapes = [path.relative_to(ROOT).as_posix() for path in sorted((ROOT / "examples" / "tapes").iterdir())]
    sources = [
        path.relative_to(ROOT).as_posix()
        for package in PACKAGES
        for path in sorted((ROOT / package).rglob("*"))
        if path.is_file() and "__pycache__" not in path.parts
    ]
    assert tapes
    assert sources
    assert [name for name in (*needed, *tapes, *sources) if not is_taken(name, ignored())] == []


def test_the_reader_of_patterns_can_tell_taken_from_left_out() -> None:
    assert not is_taken("a/b/x.env", ["*", "!a", "**/*.env"])
    assert is_taken("a/b/x", ["*", "!a", "**/*.env"])
    assert is_taken("a/x.env", ["*.env"])  # a pattern begins at the root
    assert is_taken("a/x", ["*", "!a/x"])
    assert not is_taken("a/y", ["*", "!a/x"])


def test_the_containers_settings_stay_out_of_git() -> None:
    lines = [line.lstrip("/") for line in (ROOT / ".gitignore").read_text("utf-8").splitlines()]
    assert "examples/container/*.env" in lines
