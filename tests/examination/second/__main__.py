"""``python -m tests.examination.second [--json] [FILE]``: sit the second set and print how it went."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import orjson

from tests.examination.__main__ import told
from tests.examination.second.building import build
from tests.examination.second.paper import QUESTIONS
from tests.examination.second.sitting import examine
from tests.examination.second.world import SEED
from tests.examination.sitting import as_data


def main(words: list[str]) -> int:
    """Sit it once; 0 whatever the share, because a share is a measurement and no verdict."""
    parser = argparse.ArgumentParser(prog="python -m tests.examination.second", description=__doc__)
    parser.add_argument("--json", action="store_true", help="one JSON document on stdout")
    parser.add_argument("file", nargs="?", type=Path, default=QUESTIONS, help="the questions")
    given = parser.parse_args(words)
    if not given.file.is_file():
        parser.error(f"expected a file of questions, there is none at {given.file}")
    with TemporaryDirectory() as folder:
        build(Path(folder))
        found = as_data(SEED, examine(Path(folder), given.file))
    sys.stdout.write(
        orjson.dumps(found, option=orjson.OPT_INDENT_2).decode() + "\n" if given.json else told(found)
    )
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
