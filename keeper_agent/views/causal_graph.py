"""The memory graph around a decision as Mermaid text and as a drawing: before, the decision, after."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

Data = Mapping[str, Any]

COLOURS = {
    "decision": "#1f6feb",
    "signal": "#8250df",
    "symbol": "#57606a",
    "regime": "#57606a",
    "run": "#57606a",
    "pattern": "#1a7f37",
    "model": "#1a7f37",
    "lesson": "#9a6700",
    "parameter": "#9a6700",
    "limit": "#cf222e",
    "consultation": "#bf3989",
    "intent": "#0969da",
    "order": "#0969da",
    "fill": "#0969da",
    "outcome": "#116329",
    "unknown": "#6e7781",
}
CIRCUMSTANCES = ("run", "symbol", "regime")
MOST_PATTERNS = 8  # drawn one by one
WIDTH, BOX, HIGH, GAP = 1080, 210, 40, 14
LONGEST = 30  # characters of a label in a box


def shown(graph: Data) -> tuple[list[Data], list[Data]]:
    """Nodes and edges to draw: of many recalled patterns only the first few, and how many more."""
    patterns = [node["id"] for node in graph["nodes"] if node["kind"] == "pattern"]
    hidden = set(patterns[MOST_PATTERNS:])
    nodes = [node for node in graph["nodes"] if node["id"] not in hidden]
    edges = [edge for edge in graph["edges"] if not hidden & {edge["source"], edge["target"]}]
    if hidden:
        decision = next(node["id"] for node in nodes if node["kind"] == "decision")
        more = {"id": "more patterns", "kind": "pattern", "label": f"{len(hidden)} more", "is_later": False}
        nodes.append(more)
        edges.append({"source": decision, "target": "more patterns", "relation": "matched"})
    return nodes, edges


def as_mermaid(found: Data) -> str:
    """The graph as a Mermaid flowchart."""
    nodes, edges = shown(found["graph"])
    numbers = {node["id"]: f"n{place}" for place, node in enumerate(nodes)}
    lines = ["flowchart LR"]
    for node in nodes:
        label = f"{node['kind']}: {_short(node['label'], 60)}"
        lines.append(f'  {numbers[node["id"]]}["{_quoted(label)}"]:::{node["kind"]}')
    lines += [
        f"  {numbers[edge['source']]} -- {edge['relation'].replace('_', ' ')} --> {numbers[edge['target']]}"
        for edge in edges
    ]
    kinds = dict.fromkeys(node["kind"] for node in nodes)
    lines += [f"  classDef {kind} fill:#fff,stroke:{COLOURS[kind]},stroke-width:2px" for kind in kinds]
    return "\n".join(lines) + "\n"


def as_svg(graph: Data) -> str:
    """The graph drawn in four columns: circumstances, evidence, the decision, what came of it."""
    nodes, edges = shown(graph)
    places = _places(nodes)
    height = max(y for _, y in places.values()) + HIGH + GAP
    parts = [
        f'<svg viewBox="0 0 {WIDTH} {height}" role="img" aria-label="memory graph of the decision">',
        *(_line(edge, places) for edge in edges),
        *(_box(node, places[node["id"]]) for node in nodes),
        "</svg>",
    ]
    return "\n".join(parts)


def _places(nodes: Sequence[Data]) -> dict[str, tuple[int, int]]:
    """Upper left corner of each box."""
    columns: list[list[str]] = [[], [], [], []]
    for node in nodes:
        columns[_column(node)].append(node["id"])
    tallest = max(len(column) for column in columns) * (HIGH + GAP)
    step = (WIDTH - BOX) // 3
    return {
        name: (at * step, (tallest - len(column) * (HIGH + GAP)) // 2 + row * (HIGH + GAP) + GAP // 2)
        for at, column in enumerate(columns)
        for row, name in enumerate(column)
    }


def _column(node: Data) -> int:
    if node["kind"] == "decision":
        return 2
    if node["is_later"]:
        return 3
    return 0 if node["kind"] in CIRCUMSTANCES else 1


def _box(node: Data, place: tuple[int, int]) -> str:
    x, y = place
    colour = COLOURS[node["kind"]]
    name, label = (
        escape(f"{node['kind']} {_short(str(node['id']), 22)}"),
        escape(_short(node["label"], LONGEST)),
    )
    return (
        f"<g><title>{escape(node['label'])}</title>"
        f'<rect x="{x + 1}" y="{y}" width="{BOX - 2}" height="{HIGH}" rx="6" stroke="{colour}"/>'
        f'<text x="{x + 9}" y="{y + 16}" fill="{colour}" class="kind">{name}</text>'
        f'<text x="{x + 9}" y="{y + 32}">{label}</text></g>'
    )


def _line(edge: Data, places: Mapping[str, tuple[int, int]]) -> str:
    (x1, y1), (x2, y2) = places[edge["source"]], places[edge["target"]]
    if x1 == x2:  # within a column: a loop on its left
        start, end, middle = x1, x2, x1 - 26
    else:
        is_right = x2 > x1
        start, end = x1 + (BOX if is_right else 0), x2 + (0 if is_right else BOX)
        middle = (start + end) // 2
    a, b = y1 + HIGH // 2, y2 + HIGH // 2
    return (
        f'<path d="M{start},{a} C{middle},{a} {middle},{b} {end},{b}"><title>'
        f"{escape(edge['relation'].replace('_', ' '))}</title></path>"
    )


def _short(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"


def _quoted(text: str) -> str:
    return text.replace('"', "#quot;").replace("<", "#lt;").replace(">", "#gt;")
