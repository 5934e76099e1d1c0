"""The worked examples in the docstrings are true."""

from __future__ import annotations

import doctest
import importlib

import pytest

MODULES = (
    "tools.domain.ports",
    "tools.models.importance",
    "tools.models.inputs",
    "tools.models.promotions",
    "tools.models.scoring",
    "tools.models.uniqueness",
    "tools.models.validation.probabilities",
    "tools.models.validation.resampling",
    "tools.models.validation.splits",
    "tools.models.validation.trading",
)


@pytest.mark.parametrize("name", MODULES)
def test_worked_examples_hold(name: str) -> None:
    result = doctest.testmod(importlib.import_module(name))
    assert result.attempted > 0
    assert result.failed == 0
