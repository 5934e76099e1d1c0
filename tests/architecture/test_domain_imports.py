"""The vocabulary stands on the standard library alone, whatever gets installed later."""

import ast
import sys
from collections.abc import Iterator

import pytest

from tests.support.sources import Source, at, offences


def foreign_imports(source: Source) -> Iterator[str]:
    """Imports that are neither the standard library's nor the domain's own."""
    for node in source.nodes:
        if isinstance(node, ast.Import):
            names = [name.name for name in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [f"{'.' * node.level}{node.module or ''}"]
        else:
            continue
        for name in names:
            is_ours = name == "tools.domain" or name.startswith("tools.domain.")
            if not is_ours and name.split(".")[0] not in sys.stdlib_module_names:
                yield at(source, node, f"{name} is not in the standard library")


def test_domain_imports_the_standard_library_alone() -> None:
    assert offences(foreign_imports, "tools/domain") == []


@pytest.mark.parametrize(
    "planted",
    [
        "import numpy as np",
        "from pydantic import BaseModel",
        "from tools.market import events",
        "import memory.store",
        "from . import clock",
        "def draw():\n    import orjson\n    return orjson",
    ],
)
def test_planted_import_is_caught(planted: str) -> None:
    assert list(foreign_imports(Source.planted(planted, "tools/domain/planted.py")))


def test_standard_library_and_own_modules_are_allowed() -> None:
    planted = "import decimal\nfrom collections.abc import Mapping\nfrom tools.domain.clock import Clock"
    assert list(foreign_imports(Source.planted(planted))) == []
