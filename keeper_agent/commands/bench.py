"""``keeper bench``: the benchmarks of a source checkout, by name."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from rich.table import Table

import keeper_agent
from keeper_agent.console import OUT, print_json
from tools.domain.errors import BadUsage

MAIN = "__main__.py"


def folder() -> Path:
    """Where the benchmarks are.

    Raises:
        BadUsage: The program was installed without them.
    """
    found = Path(keeper_agent.__file__).parents[1] / "benchmarks"
    if not (found / "__init__.py").exists():
        raise BadUsage(
            f"the benchmarks come with the source, not with the installed program: there is no {found}"
        )
    return found


def benchmarks() -> Mapping[str, str]:
    """Every benchmark with the first line of what it says of itself."""
    found: dict[str, str] = {}
    for path in sorted(folder().rglob("*.py")):
        name = path.relative_to(folder()).with_suffix("").as_posix().replace("/", ".")
        text = path.read_text(encoding="utf-8")
        if 'if __name__ == "__main__":' in text:
            said = ast.get_docstring(ast.parse(text)) or ""
            found[name.removesuffix(".__main__")] = said.partition("\n")[0]
    return found


def list_benchmarks(*, as_json: bool) -> None:
    """Say which there are."""
    if as_json:
        print_json(benchmarks())
        return
    table = Table(show_header=False, box=None)
    for name, said in benchmarks().items():
        table.add_row(f"[bold]{name}[/bold]", said)
    OUT.print(table)


def run_benchmark(name: str, words: Sequence[str]) -> int:
    """Run a benchmark with its own words; its exit code.

    Raises:
        BadUsage: There is none of that name.
    """
    known = benchmarks()
    if name not in known:
        raise BadUsage(f"no benchmark is named {name!r}; there are {', '.join(known)}")
    command = [sys.executable, "-m", f"benchmarks.{name}", *words]
    return subprocess.run(command, cwd=folder().parent, check=False).returncode  # noqa: S603 (our own program)
