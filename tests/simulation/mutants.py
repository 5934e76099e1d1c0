"""Broken copies of the order path: the simulation must catch each of them."""

from __future__ import annotations

from tests.simulation.agent import Kinds

KINDS: dict[str, Kinds] = {"": Kinds()}
