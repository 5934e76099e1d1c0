"""``python -m tests.examination [--json] [--seed N]``: sit the examination and print how it went."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import orjson

from tests.examination.building import build
from tests.examination.sitting import as_data, examine

SEED = 20310323


def main(words: list[str]) -> int:
    """Sit it once; 0 whatever the share, because a share is a measurement and no verdict."""
    parser = argparse.ArgumentParser(prog="python -m tests.examination", description=__doc__)
    parser.add_argument("--json", action="store_true", help="one JSON document on stdout")
    parser.add_argument("--seed", type=int, default=SEED, help="seed of the record")
    given = parser.parse_args(words)
    if given.seed < 0:
        parser.error(f"expected a seed of at least 0, was {given.seed}")
    with TemporaryDirectory() as folder:
        build(Path(folder), given.seed)
        found = as_data(given.seed, examine(Path(folder)))
    sys.stdout.write(
        orjson.dumps(found, option=orjson.OPT_INDENT_2).decode() + "\n" if given.json else told(found)
    )
    return 0


def told(found: dict[str, Any]) -> str:
    """The result for people."""
    lines = [f"seed {found['seed']}, {found['n']} questions"]
    for name, one in found["groups"].items():
        lines.append(
            f"{name:13} {one['right']:2} of {one['n']:2} right  {one['share_right']:.3f} "
            f"[{one['low']:.3f}, {one['high']:.3f}]  wrong {one['wrong']}, "
            f"does not know {one['does_not_know']}"
        )
    cited = found["citations"]
    lines.append(
        f"citations resolved {cited['resolved']} of {cited['n']}, invented {found['invented_numbers']}"
    )
    for one in found["failures"]:
        after = f" (after: {one['before']})" if one["before"] else ""
        lines += [f"{one['mark']}: [{one['language']}] {one['question']}{after}", f"    {one['why']}"]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
