// The memory graph around a decision: four columns from circumstances to what came of it.
import { colours, onTheme } from "./colours.js";

const TONES = {
  decision: "blue", signal: "violet", symbol: "dim", regime: "dim", run: "dim", pattern: "green", model: "green",
  lesson: "amber", parameter: "amber", limit: "red", consultation: "violet", intent: "blue", order: "blue", fill: "blue",
  outcome: "green", strategy: "amber", unknown: "dim",
};
const CIRCUMSTANCES = new Set(["run", "symbol", "regime"]);
const short = (text, most) => (text.length > most ? `${text.slice(0, most - 1)}…` : text);

function column(node) {
  if (node.kind === "decision") return 2;
  if (node.is_later) return 3;
  return CIRCUMSTANCES.has(node.kind) ? 0 : 1;
}

// Side by side from left to right, a long column in several; where it is narrow, one below the other in pairs.
const NARROW = 560;
const MOST_ROWS = 9;
const WIDE = 186;
const NEXT = 154;
const TALL = 64;
function placed(nodes, isNarrow) {
  const columns = [[], [], [], []];
  for (const node of nodes) columns[column(node)].push(node.id);
  const places = {};
  let at = 0;
  for (const ids of columns.filter((one) => one.length)) {
    const across = isNarrow ? 2 : Math.ceil(ids.length / MOST_ROWS);
    const rows = Math.ceil(ids.length / across);
    ids.forEach((id, number) => {
      const row = isNarrow ? Math.floor(number / across) : number % rows;
      const step = isNarrow ? number % across : Math.floor(number / rows);
      places[id] = isNarrow
        ? { x: ids.length === 1 ? NEXT / 2 : step * NEXT, y: at + row * TALL }
        : { x: at + step * NEXT, y: (row - (rows - 1) / 2) * TALL };
    });
    at += isNarrow ? rows * TALL + TALL / 2 : (across - 1) * NEXT + WIDE;
  }
  return places;
}

const sheet = (look) => [
  { selector: "node", style: {
    label: "data(label)", "text-wrap": "wrap", "text-max-width": 134, "font-size": 12, color: look.text, width: 142,
    height: 52, shape: "round-rectangle", "background-color": look.sheet, "border-width": 1.6,
    "border-color": (node) => look[TONES[node.data("kind")] ?? "dim"], "text-valign": "center",
  } },
  { selector: "node:selected", style: { "border-width": 4 } },
  { selector: "edge", style: {
    width: 1.2, "line-color": look.dim, "target-arrow-color": look.dim, "target-arrow-shape": "triangle",
    "curve-style": "bezier", "arrow-scale": 0.8, opacity: 0.7,
  } },
  { selector: "edge.told", style: {
    label: "data(relation)", "font-size": 10, color: look.text, "text-background-color": look.sheet,
    "text-background-opacity": 0.9, opacity: 1, width: 2.2,
  } },
];

export function element(node, position) {
  return { group: "nodes", data: { ...node, whole: node.label, label: `${node.kind}\n${short(String(node.label).replaceAll("_", " "), 36)}` }, position };
}

export function draw(place, said, told) {
  const places = placed(told.nodes, place.clientWidth < NARROW);
  const graph = cytoscape({
    container: place,
    elements: {
      nodes: told.nodes.map((node) => element(node, places[node.id])),
      edges: told.edges.map((edge, number) => ({
        data: { ...edge, id: `${edge.source} ${edge.relation} ${edge.target} ${number}`, relation: edge.relation.replaceAll("_", " ") },
      })),
    },
    layout: { name: "preset", padding: 16 },
    style: sheet(colours()),
    minZoom: 0.2,
    maxZoom: 3,
  });
  graph.on("tap", "node", (event) => {
    const node = event.target;
    graph.edges().removeClass("told");
    node.connectedEdges().addClass("told");
    said.replaceChildren(`${node.data("kind")} ${node.id()}: ${node.data("whole")}`);
    if (node.data("kind") === "decision" || node.data("decision_id")) {
      const link = document.createElement("a");
      link.href = `/decisions/${node.data("decision_id") ?? node.id()}`;
      link.textContent = " open";
      said.append(link);
    }
  });
  onTheme(() => graph.style(sheet(colours())));
  return graph;
}

const place = document.getElementById("graph");
if (place?.dataset.graph) draw(place, document.getElementById("graph-said"), JSON.parse(place.dataset.graph));
