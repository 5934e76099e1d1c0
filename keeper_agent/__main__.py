"""``python -m keeper_agent``: the same as ``keeper``."""

from keeper_agent.cli import main

if __name__ == "__main__":
    main()
