"""The files to run Keeper as a service: what they promise, and that our program understands their words."""

from __future__ import annotations

import configparser
import re
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from keeper_agent.beating import BEAT_S, STALL_S
from keeper_agent.settings import Settings
from tests.support.commands import Here
from tests.support.documents import ROOT

SYSTEMD = ROOT / "examples" / "systemd"
CONTAINER = ROOT / "examples" / "container"
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


def test_the_container_runs_as_nobody_special_and_is_watched() -> None:
    service = yaml.safe_load((CONTAINER / "compose.yml").read_text("utf-8"))["services"]["keeper"]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert "no-new-privileges:true" in service["security_opt"]
    assert all(port.startswith("127.0.0.1:") for port in service["ports"])
    assert {name.lower() for name in service["environment"]} <= set(Settings.model_fields)
    lines = (CONTAINER / "Containerfile").read_text("utf-8").splitlines()
    assert lines.index("USER keeper") < next(i for i, line in enumerate(lines) if line.startswith("CMD"))
    text = "\n".join(lines)
    assert "--require-hashes" in text
    assert re.search(r"^HEALTHCHECK", text, re.MULTILINE)
    copied = [word for line in lines if line.startswith("COPY r") for word in line.split()[1:-1]]
    assert all((ROOT / name).exists() for name in copied)


def test_both_health_checks_are_words_of_our_program(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    service = yaml.safe_load((CONTAINER / "compose.yml").read_text("utf-8"))["services"]["keeper"]
    _, program, *words = service["healthcheck"]["test"]
    assert program.endswith("/keeper")
    told = re.search(r'CMD \["\.venv/bin/keeper", (.*)\]', (CONTAINER / "Containerfile").read_text("utf-8"))
    assert told is not None
    assert re.findall(r'"([^"]+)"', told[1]) == words
    Here(monkeypatch, capsys)(*words).fails_in_one_line(10, "no heartbeat in")


def test_the_containers_settings_stay_out_of_its_image_and_out_of_git() -> None:
    for name in (".dockerignore", ".gitignore"):
        lines = [line.lstrip("/") for line in (ROOT / name).read_text("utf-8").splitlines()]
        assert "examples/container/*.env" in lines, name
