"""The program must start fast: nothing heavy is loaded until a model is trained or read."""

from __future__ import annotations

import subprocess
import sys

PROGRAM = """
import sys
import tools.models.outcome_model, tools.models.registry, tools.models.votes
print(sorted({"xgboost", "sklearn", "scipy", "pandas"} & set(sys.modules)))
"""


def test_importing_the_models_loads_no_heavy_library() -> None:
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
