"""What is committed names no package index and no folder of anyone's machine.

The words looked for are put together here from halves: this file is committed, too.
"""

import re
import subprocess
from collections.abc import Iterator

import pytest

from tests.support.sources import ROOT

INDEX_HOSTS = ("py" + "pi.org", "python" + "hosted.org", "python" + "hosted.com", "ana" + "conda.org")
MACHINE_FOLDERS = ("root", "home", "work", "tmp", "Users")
MACHINE_PATH = re.compile(rf"(?:^|[\s\"'`=(<>\[{{,;:])/(?:{'|'.join(MACHINE_FOLDERS)})(?:/|\b)", re.MULTILINE)
OPTION = "index" + "-url"
INDEX_OPTION = re.compile(rf"(?<!no-emit-){OPTION}\b|\bfind" + r"-links\b")


def committed() -> list[str]:
    """The paths git keeps, or none outside a git checkout."""
    listing = subprocess.run(
        ["git", "ls-files", "-z"],  # noqa: S607 (whichever git made the checkout)
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    return [name for name in listing.stdout.split("\0") if name and (ROOT / name).is_file()]


def revealing(name: str, text: str) -> Iterator[str]:
    """Lines of a file that tie it to an index or a machine."""
    for number, line in enumerate(text.splitlines(), 1):
        if any(host in line for host in INDEX_HOSTS) or INDEX_OPTION.search(line):
            yield f"{name}:{number}: names a package index"
        if MACHINE_PATH.search(line):
            yield f"{name}:{number}: names a folder of one machine"


def test_no_committed_text_names_an_index_or_a_machine() -> None:
    names = committed()
    if not names:
        pytest.skip("this is not a git checkout")
    found: list[str] = []
    for name in names:
        content = (ROOT / name).read_bytes()
        if b"\0" not in content:
            found += revealing(name, content.decode("utf-8"))
    assert found == []


@pytest.mark.parametrize(
    "planted",
    [
        *(f"see https://{host}/simple" for host in INDEX_HOSTS),
        f"--{OPTION}=https://example.org",
        f"--extra-{OPTION} https://example.org",
        "--find" + "-links wheels",
        *(f"cache in /{folder}/somebody" for folder in MACHINE_FOLDERS),
        *(f'path = "/{folder}"' for folder in MACHINE_FOLDERS),
        "#   file:///" + "home/x\nHOME=/" + "root",
    ],
)
def test_planted_line_is_caught(planted: str) -> None:
    assert list(revealing("planted", planted))


@pytest.mark.parametrize(
    "allowed", ["docs/work/plan", f"--no-emit-{OPTION}", "a home/away game", "$(CURDIR)/tmp"]
)
def test_harmless_line_is_allowed(allowed: str) -> None:
    assert list(revealing("planted", allowed)) == []
