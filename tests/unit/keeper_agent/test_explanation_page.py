"""An explanation as a page and as Mermaid: whole, quoted, and without anything from elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from graphs.explanation import explain
from keeper_agent.views.causal_graph import MOST_PATTERNS, as_mermaid, as_svg, shown
from keeper_agent.views.explanation_page import explanation_page
from memory.store import Store
from tests.support.remembered import a_remembered_day

EVIL = '<script>alert("x")</script>'


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    home: Path = tmp_path_factory.mktemp("home")
    decisions = a_remembered_day(home)
    with Store.open(home, read_only=True) as store:
        yield explain(store, decisions["buy"].decision_id)


class Page(HTMLParser):
    """Tags, addresses and text of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.addresses: list[str] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.addresses += [value or "" for name, value in attrs if name in ("src", "href")]

    def handle_data(self, data: str) -> None:
        self.text += data


def read(text: str) -> Page:
    page = Page()
    page.feed(text)
    return page


def test_the_page_tells_the_story_and_loads_nothing(found: dict[str, Any]) -> None:
    page = read(explanation_page(found))
    assert "script" not in page.tags
    assert page.addresses == []
    for words in (found["decision_id"], "pattern", "What was sensed", "take profit", "max_order_size_usd"):
        assert words in page.text


def test_text_from_the_record_is_quoted(found: dict[str, Any]) -> None:
    node = {**found["graph"]["nodes"][0], "label": EVIL}
    graph = {**found["graph"], "nodes": [node, *found["graph"]["nodes"][1:]]}
    then = {**found["known_then"], "votes": [{**found["known_then"]["votes"][0], "reason": EVIL}]}
    evil = {**found, "graph": graph, "known_then": then, "story": [EVIL]}
    assert "script" not in read(explanation_page(evil)).tags
    assert "<script" not in as_mermaid(evil)


def test_every_node_and_edge_is_in_both_drawings(found: dict[str, Any]) -> None:
    nodes, edges = shown(found["graph"])
    assert as_svg(found["graph"]).count("<rect") == len(nodes)
    assert as_svg(found["graph"]).count("<path") == len(edges)
    assert as_mermaid(found).count(" --> ") == len(edges)
    assert as_mermaid(found).count(":::") == len(nodes)


def test_many_patterns_are_drawn_as_a_few_and_a_number(found: dict[str, Any]) -> None:
    decision = found["decision_id"]
    extra = [
        {"id": f"o_{n}", "kind": "pattern", "label": "shadow stop", "ts_known": 1, "is_later": False}
        for n in range(30)
    ]
    links = [{"source": decision, "target": node["id"], "relation": "matched"} for node in extra]
    graph = {
        "nodes": [*found["graph"]["nodes"], *extra],
        "edges": [*found["graph"]["edges"], *links],
    }
    nodes, edges = shown(graph)
    patterns = [node for node in nodes if node["kind"] == "pattern"]
    assert len(patterns) == MOST_PATTERNS + 1
    before = sum(node["kind"] == "pattern" for node in found["graph"]["nodes"])
    assert patterns[-1]["label"] == f"{before + 30 - MOST_PATTERNS} more"
    names = {node["id"] for node in nodes}
    assert all(edge["source"] in names and edge["target"] in names for edge in edges)
