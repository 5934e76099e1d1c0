"""Time, randomness and ids come in through two seams; a replay is the same bytes only because of that."""

import ast
from collections.abc import Iterator

import pytest

from tests.support.sources import PACKAGES, Source, at, calls, is_below, offences, references

CLOCK = "tools/domain/clock.py"
CLOCKS = (CLOCK, "venue/clock.py")  # the venue imports nothing of Keeper and has its own
IDENTITY = "tools/domain/identity.py"

WALL_CLOCKS = (
    "time.time",
    "time.time_ns",
    "time.monotonic",
    "time.monotonic_ns",
    "time.clock_gettime",
    "time.clock_gettime_ns",
    "time.localtime",
    "time.gmtime",
    "time.ctime",
    "time.strftime",
    "datetime.datetime.now",
    "datetime.datetime.utcnow",
    "datetime.datetime.today",
    "datetime.date.today",
    "pandas.Timestamp.now",
    "pandas.Timestamp.utcnow",
    "pandas.Timestamp.today",
)
ENTROPY = (
    "random",
    "secrets",
    "os.urandom",
    "os.getrandom",
    "uuid.uuid1",
    "uuid.uuid4",
    "uuid.uuid6",
    "uuid.uuid7",
)
SEEDED = ("default_rng", "SeedSequence", "MT19937", "PCG64", "PCG64DXSM", "Philox", "SFC64")
RANDOM_TYPES = ("Generator", "BitGenerator", *SEEDED)


def unseamed(source: Source) -> Iterator[str]:
    """Clock reads and randomness outside their seam, and generators without a seed anywhere."""
    seeded = {id(call.func) for call, name in calls(source) if is_seeded(call)}
    annotations = set(annotated(source))
    for node, name in references(source):
        if source.path not in CLOCKS and is_below(name, *WALL_CLOCKS):
            yield at(source, node, f"{name} reads a clock; take a Clock")
        if source.path != IDENTITY and is_below(name, *ENTROPY):
            yield at(source, node, f"{name} is random; take a seeded Generator or an id source")
        if not name.startswith("numpy.random.") or isinstance(node, ast.ImportFrom):
            continue
        kind = name.split(".")[2]
        if kind not in RANDOM_TYPES:
            yield at(source, node, f"{name} draws from hidden global state; take a seeded Generator")
        elif kind in SEEDED and id(node) not in seeded | annotations:
            yield at(source, node, f"{name} without a seed")
    for call, name in calls(source):
        if name == "numpy.datetime64" and call.args and literal(call.args[0]) in ("now", "today"):
            yield at(source, call, "numpy.datetime64 reads a clock; take a Clock")


def is_seeded(call: ast.Call) -> bool:
    """Whether a generator is called with something that can be a seed."""
    given = [*call.args, *(keyword.value for keyword in call.keywords)]
    return bool(given) and literal(given[0]) is not None


def literal(node: ast.expr) -> object:
    """The value of a literal; any other expression stands for itself."""
    return node.value if isinstance(node, ast.Constant) else node


def annotated(source: Source) -> Iterator[int]:
    """The nodes of annotations, where a type is named and nothing is made."""
    for node in source.nodes:
        for annotation in (getattr(node, "annotation", None), getattr(node, "returns", None)):
            if annotation is not None:
                yield from (id(part) for part in ast.walk(annotation))


def test_nothing_bypasses_the_seams() -> None:
    assert offences(unseamed, *PACKAGES) == []


@pytest.mark.parametrize(
    "planted",
    [
        "import time\nstarted = time.time()",
        "import time as t\nstarted = t.time_ns()",
        "from time import monotonic\nstarted = monotonic()",
        "from time import monotonic_ns as ticks",
        "import time\nlocal = time.localtime()",
        "import datetime\nnow = datetime.datetime.now(datetime.UTC)",
        "from datetime import datetime, UTC\nnow = datetime.now(UTC)",
        "from datetime import datetime as moment\nnow = moment.utcnow()",
        "from datetime import date\nday = date.today()",
        "from datetime import datetime\nday = datetime.today()",
        "from dataclasses import field\nimport time\nstamp: int = field(default_factory=time.time_ns)",
        "import numpy as np\nnow = np.datetime64('now')",
        "import random\ndraw = random.random()",
        "from random import Random",
        "def draw():\n    import random\n    return random.choice([1, 2])",
        "import numpy as np\ngenerator = np.random.default_rng()",
        "import numpy as np\ngenerator = np.random.default_rng(None)",
        "import numpy as np\ngenerator = np.random.default_rng(seed=None)",
        "from numpy.random import default_rng\ngenerator = default_rng()",
        "import numpy as np\nmake = np.random.default_rng",
        "import numpy as np\ngenerator = np.random.Generator(np.random.PCG64())",
        "import numpy as np\nnp.random.seed(1)",
        "import numpy as np\ndraw = np.random.normal(0, 1, 10)",
        "import numpy.random as chance\ndraw = chance.rand(3)",
        "from numpy import random\ndraw = random.rand(3)",
        "import numpy as np\nold = np.random.RandomState(1)",
        "import uuid\nkey = uuid.uuid4()",
        "from uuid import uuid1\nkey = uuid1()",
        "import secrets\nkey = secrets.token_hex()",
        "import os\nkey = os.urandom(16)",
    ],
)
def test_planted_bypass_is_caught(planted: str) -> None:
    assert list(unseamed(Source.planted(planted)))


@pytest.mark.parametrize(
    "allowed",
    [
        "import time\nstarted = time.perf_counter()",
        "from datetime import datetime, UTC\nmoment = datetime.fromtimestamp(0, UTC)",
        "import numpy as np\ngenerator = np.random.default_rng(7)",
        "import numpy as np\ndef draw(seed: int):\n    return np.random.default_rng(seed).normal()",
        "import numpy as np\ndef draw(source: np.random.Generator) -> float:\n    return source.random()",
        "from numpy.random import Generator, PCG64\ngenerator = Generator(PCG64(7))",
        "import uuid\nkey = uuid.uuid5(uuid.NAMESPACE_URL, 'intent')",
        "import time\ntime.sleep(0)",
        "def draw(random, secrets):\n    return random.random() + len(secrets)",
    ],
)
def test_seeded_and_measured_is_allowed(allowed: str) -> None:
    assert list(unseamed(Source.planted(allowed))) == []


@pytest.mark.parametrize(
    ("path", "text", "is_allowed"),
    [
        (CLOCK, "import time\nnow = time.time_ns()", True),
        (IDENTITY, "import secrets\nkey = secrets.token_hex()", True),
        (CLOCK, "import secrets\nkey = secrets.token_hex()", False),
        (IDENTITY, "import time\nnow = time.time_ns()", False),
    ],
)
def test_each_seam_opens_for_its_own_kind(path: str, text: str, is_allowed: bool) -> None:
    assert (list(unseamed(Source.planted(text, path))) == []) is is_allowed
