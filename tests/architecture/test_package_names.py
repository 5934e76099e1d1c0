"""The plain package names are this repository's, whatever else is installed beside it."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.sources import PACKAGES, ROOT


@pytest.mark.parametrize("package", PACKAGES)
def test_name_is_ours_from_any_folder(package: str, tmp_path: Path) -> None:
    found = subprocess.run(
        [sys.executable, "-I", "-c", f"import {package}; print({package}.__file__)"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert found.returncode == 0, found.stderr
    assert Path(found.stdout.strip()).resolve() == ROOT / package / "__init__.py"
