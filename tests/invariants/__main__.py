"""``python -m tests.invariants``: the table of invariants in Markdown."""

import sys

from tests.invariants.table import markdown

if __name__ == "__main__":
    sys.stdout.write(markdown())
