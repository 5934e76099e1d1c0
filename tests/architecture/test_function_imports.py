"""An import inside a function is for heavy libraries, and says why it is there.

The reason is a comment on its line or on the line above; imports in a row share the comment of the first. The
commands in keeper_agent/cli import our own modules where they need them, so that the program starts fast.
"""

import ast
from collections.abc import Iterator

import pytest

from tests.support.sources import PACKAGES, Source, at, offences

COMMANDS = "keeper_agent/cli"
HEAVY = frozenset(
    [
        "alembic",
        "chromadb",
        "langchain_core",
        "langgraph",
        "langsmith",
        "matplotlib",
        "networkx",
        "numba",
        "pyarrow",
        "scipy",
        "sklearn",
        "sqlalchemy",
        "sqlmodel",
        "xgboost",
    ]
)
Import = ast.Import | ast.ImportFrom


def stray_imports(source: Source) -> Iterator[str]:
    """Imports below a function that are neither allowed there nor explained."""
    explained: set[int] = set()
    for node in function_imports(source.tree):
        roots = {name.split(".")[0] for name in imported(node)}
        if source.path.startswith(COMMANDS) and roots <= set(PACKAGES):
            continue
        if not roots <= HEAVY | set(PACKAGES):
            yield at(source, node, f"import of {', '.join(sorted(roots))} inside a function")
        elif has_reason(source, node) or node.lineno - 1 in explained:
            explained.update(range(node.lineno, (node.end_lineno or node.lineno) + 1))
        else:
            yield at(source, node, "import inside a function without a reason beside it")


def function_imports(tree: ast.AST) -> list[Import]:
    """Imports below any function, from top to bottom."""
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    found = {
        id(node): node for function in functions for node in ast.walk(function) if isinstance(node, Import)
    }
    return sorted(found.values(), key=lambda node: node.lineno)


def imported(node: Import) -> list[str]:
    """The modules an import statement names."""
    return [node.module or "."] if isinstance(node, ast.ImportFrom) else [name.name for name in node.names]


def has_reason(source: Source, node: Import) -> bool:
    """Whether a comment stands on the statement's lines or right above it."""
    lines = source.text.splitlines()
    own = lines[node.lineno - 1 : node.end_lineno]
    above = lines[node.lineno - 2].strip()
    return above.startswith("#") or any(is_reason(line) for line in own)


def is_reason(line: str) -> bool:
    """Whether a line ends in words for the reader, not only in an order to a linter."""
    _, _, comment = line.partition("#")
    return bool(comment.strip()) and not comment.strip().startswith(("noqa", "type:"))


def test_functions_import_only_what_is_heavy_and_say_why() -> None:
    assert offences(stray_imports, *PACKAGES) == []


@pytest.mark.parametrize(
    "planted",
    [
        "def draw():\n    import chromadb\n    return chromadb",
        "def draw():\n    import json  # slow\n    return json",
        "def draw():\n    from tools.market import book\n    return book",
        "async def draw():\n    import xgboost  # noqa: PLC0415\n    return xgboost",
        "class Plot:\n    def draw(self):\n        from matplotlib import pyplot\n        return pyplot",
        "def draw():\n    # slow\n    import chromadb\n    x = chromadb\n    import sklearn\n    return x",
        "def draw():\n    from . import book  # cycle\n    return book",
    ],
)
def test_planted_import_is_caught(planted: str) -> None:
    assert list(stray_imports(Source.planted(planted)))


@pytest.mark.parametrize(
    ("path", "allowed"),
    [
        ("memory/views.py", "def draw():\n    import chromadb  # a second to load\n    return chromadb"),
        (
            "memory/views.py",
            "def draw():\n    # a second to load\n    import chromadb\n    import networkx\n",
        ),
        (
            "graphs/nodes.py",
            "def draw():\n    # loads numba\n    from tools.market import book\n    return book",
        ),
        ("keeper_agent/cli.py", "def run():\n    from keeper_agent.app import Keeper\n    return Keeper"),
        ("keeper_agent/cli/run.py", "def run():\n    import scheduler.live\n    return scheduler"),
        ("tools/market/book.py", "import json\nimport chromadb"),
    ],
)
def test_explained_import_is_allowed(path: str, allowed: str) -> None:
    assert list(stray_imports(Source.planted(allowed, path))) == []
