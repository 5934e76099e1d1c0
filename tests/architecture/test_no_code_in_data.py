"""Nothing that is read can run: no pickle in any disguise, no eval, no exec."""

import ast
from collections.abc import Iterator

import pytest

from tests.support.sources import PACKAGES, Source, at, calls, is_below, offences, references

CODE_CARRIERS = ("pickle", "_pickle", "joblib", "marshal", "shelve", "dill", "cloudpickle")
EVALUATORS = ("eval", "exec", "builtins.eval", "builtins.exec")
PICKLING_METHODS = ("read_pickle", "to_pickle")


def runs_data(source: Source) -> Iterator[str]:
    """Modules, builtins, methods and switches through which stored bytes become running code."""
    for node, name in references(source):
        if is_below(name, *CODE_CARRIERS) or name in EVALUATORS:
            yield at(source, node, f"{name} runs what it reads")
    for node in source.nodes:
        if isinstance(node, ast.Attribute) and node.attr in PICKLING_METHODS:
            yield at(source, node, f"{node.attr} runs what it reads")
    for call, _ in calls(source):
        for keyword in call.keywords:
            is_off = isinstance(keyword.value, ast.Constant) and keyword.value.value is False
            if keyword.arg == "allow_pickle" and not is_off:
                yield at(source, call, "allow_pickle runs what it reads")


def test_no_stored_bytes_become_code() -> None:
    assert offences(runs_data, *PACKAGES) == []


@pytest.mark.parametrize(
    "planted",
    [
        "import pickle\nmodel = pickle.loads(b'')",
        "from pickle import load",
        "import joblib as store\nmodel = store.load('model')",
        "from sklearn.externals import joblib\nimport joblib.numpy_pickle",
        "import marshal",
        "import shelve",
        "value = eval('1 + 1')",
        "exec('x = 1')",
        "run = eval",
        "import builtins\nbuiltins.exec('')",
        "import numpy as np\nrows = np.load('rows.npy', allow_pickle=True)",
        "import numpy as np\ndef rows(trust):\n    return np.load('rows.npy', allow_pickle=trust)",
        "import pandas as pd\nframe = pd.read_pickle('frame')",
        "def save(frame):\n    frame.to_pickle('frame')",
    ],
)
def test_planted_code_carrier_is_caught(planted: str) -> None:
    assert list(runs_data(Source.planted(planted)))


@pytest.mark.parametrize(
    "allowed",
    [
        "import numpy as np\nrows = np.load('rows.npy', allow_pickle=False)",
        "import re\npattern = re.compile('a')",
        "def evaluate(model):\n    return model.eval()",
    ],
)
def test_harmless_neighbour_is_allowed(allowed: str) -> None:
    assert list(runs_data(Source.planted(allowed))) == []
