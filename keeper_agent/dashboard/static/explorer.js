// The memory graph to walk in: it begins around one decision, and a pattern touched twice unfolds its own.
import { draw, element } from "./graph.js";

// Of many recalled patterns the first few; the others are told in one node, as on the decision's own page.
const MOST = 9;
function fewer(told) {
  const hidden = new Set(told.nodes.filter((one) => one.kind === "pattern").map((one) => one.id).slice(MOST));
  if (hidden.size === 0) return told;
  const decision = told.nodes.find((one) => one.kind === "decision").id;
  const more = { id: "more patterns", kind: "pattern", label: `${hidden.size} more`, is_later: false };
  return {
    ...told,
    nodes: [...told.nodes.filter((one) => !hidden.has(one.id)), more],
    edges: [
      ...told.edges.filter((one) => !hidden.has(one.source) && !hidden.has(one.target)),
      { source: decision, target: more.id, relation: "matched" },
    ],
  };
}

const place = document.getElementById("explorer");
const said = document.getElementById("explorer-said");

async function around(name) {
  const answer = await fetch(`/api/graph/${encodeURIComponent(name)}`);
  const told = await answer.json();
  if (!answer.ok) throw new Error(told.error);
  return told;
}

async function unfold(graph, node) {
  const told = await around(node.data("decision_id"));
  const known = new Set(graph.nodes().map((one) => one.id()));
  const { x, y } = node.position();
  const fresh = told.nodes.filter((one) => !known.has(one.id));
  graph.add(fresh.map((one, row) => element(one, { x: x - 230 - 154 * (row % 3), y: y + 64 * (row - fresh.length / 2) })));
  const ids = new Set(graph.nodes().map((one) => one.id()));
  for (const edge of told.edges) {
    const id = `${edge.source} ${edge.relation} ${edge.target}`;
    if (!ids.has(edge.source) || !ids.has(edge.target) || graph.getElementById(id).nonempty()) continue;
    graph.add({ group: "edges", data: { ...edge, id, relation: edge.relation.replaceAll("_", " ") } });
  }
  graph.animate({ fit: { padding: 20 } }, { duration: 250 });
}

if (place !== null) {
  try {
    const graph = draw(place, said, fewer(await around(place.dataset.around)));
    graph.on("dbltap", "node[decision_id]", (event) => unfold(graph, event.target).catch((fault) => said.replaceChildren(fault.message)));
  } catch (fault) {
    said.replaceChildren(fault.message);
  }
}
