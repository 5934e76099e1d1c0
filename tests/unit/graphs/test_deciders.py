"""Who decided is told in words, in both languages; ``abstain`` is nobody's name."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from graphs.answers import decision_line
from graphs.reasons import headline
from memory.lookup import DecisionFilter, DecisionStory, tell
from memory.statistics import DecisionFact, decision_facts
from memory.store import Store
from prompts.vietnamese_answers import in_vietnamese
from tests.support.remembered import a_remembered_day
from tools.domain.trading import Route

VIETNAMESE = {
    Route.RULE: "do quy tắc quyết định",
    Route.PATTERN: "do mẫu hình đã nhớ quyết định",
    Route.MODEL: "do mô hình quyết định",
    Route.STRATEGY: "do chiến lược đã học quyết định",
    Route.LLM: "do AI quyết định",
    Route.ABSTAIN: "không ai đủ chắc chắn",
}


@pytest.fixture(scope="module")
def abstained(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[DecisionStory, DecisionFact]]:
    home = tmp_path_factory.mktemp("home")
    name = a_remembered_day(home)["abstain"].decision_id
    with Store.open(home, read_only=True) as store:
        facts = decision_facts(store, DecisionFilter())
        yield tell(store, name), next(one for one in facts if one.decision_id == name)


def test_where_nobody_was_sure_the_sentence_says_so(abstained: tuple[DecisionStory, DecisionFact]) -> None:
    story, fact = abstained
    assert "nobody was sure enough: a mm_range buy signal" in headline(story)
    assert decision_line(fact).endswith("abstain as nobody was sure")
    assert decision_line(replace(fact, route="llm")).endswith("abstain by brain")


@pytest.mark.parametrize("route", list(Route))
def test_every_decider_is_told_in_both_languages(
    abstained: tuple[DecisionStory, DecisionFact], route: Route
) -> None:
    story = abstained[0]
    told = headline(replace(story, decision=replace(story.decision, route=route)))
    assert route.told in told
    in_words = in_vietnamese(told)
    assert VIETNAMESE[route] in in_words
    assert "signal" not in in_words
    assert "abstain" not in f"{route.label} {route.by} {route.told}"
