"""The repository's own Python sources, parsed, with every name traced back to what was imported."""

import ast
import builtins
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("keeper_agent", "memory", "prompts", "graphs", "tools", "scheduler", "venue")


@dataclass(frozen=True)
class Source:
    """One module: where it lies, and its text."""

    path: str
    text: str

    @classmethod
    def planted(cls, text: str, path: str = "tools/planted.py") -> "Source":
        """A module that exists only in a test, to prove that a rule can fail."""
        return cls(path, text)

    @cached_property
    def tree(self) -> ast.Module:
        """Its syntax tree."""
        return ast.parse(self.text, self.path)

    @cached_property
    def nodes(self) -> tuple[ast.AST, ...]:
        """Every node of the tree, walked once for all rules."""
        return tuple(ast.walk(self.tree))

    @cached_property
    def references(self) -> tuple[tuple[ast.AST, str], ...]:
        """Every outside name the module mentions, in full: see ``references``."""
        return tuple(_references(self))


Rule = Callable[[Source], Iterator[str]]


@cache
def sources(*folders: str) -> tuple[Source, ...]:
    """Every module below the folders, in a stable order; folders that do not exist yet hold none."""
    return tuple(
        _read(path) for path in sorted(path for folder in folders for path in (ROOT / folder).rglob("*.py"))
    )


@cache
def _read(path: Path) -> Source:
    return Source.planted(path.read_text("utf-8"), path.relative_to(ROOT).as_posix())


def offences(rule: Rule, *folders: str) -> list[str]:
    """What a rule finds in the folders."""
    found = sources(*folders)
    assert found, f"there is nothing to check in {folders}"
    return [offence for source in found for offence in rule(source)]


def at(source: Source, node: ast.AST, what: str) -> str:
    """One line that names an offence and its place."""
    return f"{source.path}:{getattr(node, 'lineno', 1)}: {what}"


def references(source: Source) -> tuple[tuple[ast.AST, str], ...]:
    """Every outside name the module mentions, in full: `np.random.seed` gives `numpy.random.seed`.

    An import is a mention of what it brings in. Builtins stand for themselves; names that were neither
    imported nor built in are the module's own and are left out.
    """
    return source.references


def _references(source: Source) -> Iterator[tuple[ast.AST, str]]:
    aliases = {name: name for name in dir(builtins)}
    for node in source.nodes:
        if isinstance(node, ast.Import):
            for name in node.names:
                root = name.name.partition(".")[0]
                aliases[name.asname or root] = name.name if name.asname else root
                yield node, name.name
        elif isinstance(node, ast.ImportFrom) and node.module:
            for name in node.names:
                aliases[name.asname or name.name] = f"{node.module}.{name.name}"
                yield node, f"{node.module}.{name.name}"
    for node in source.nodes:
        if isinstance(node, ast.Name | ast.Attribute):
            first, _, rest = _dotted(node).partition(".")
            if first in aliases:
                yield node, ".".join(filter(None, [aliases[first], rest]))


def calls(source: Source) -> Iterator[tuple[ast.Call, str]]:
    """Every call with the full name of what is called; empty where that is no plain name."""
    names = {id(node): name for node, name in references(source)}
    for node in source.nodes:
        if isinstance(node, ast.Call):
            yield node, names.get(id(node.func), "")


def is_below(name: str, *roots: str) -> bool:
    """Whether a dotted name is one of the roots or lies below one."""
    return any(name == root or name.startswith(f"{root}.") for root in roots)


def _dotted(node: ast.AST) -> str:
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute) and (owner := _dotted(node.value)):
        return f"{owner}.{node.attr}"
    return ""
