// A lightweight-charts chart in the sheet's colours. Its logo brings an inline style, which the policy refuses.
import { colours, onTheme } from "./colours.js";

const look = (paint) => ({
  layout: {
    attributionLogo: false,
    background: { type: "solid", color: paint.sheet },
    textColor: paint.dim,
    fontFamily: "system-ui, sans-serif",
    panes: { separatorColor: paint.line },
  },
  grid: { vertLines: { color: paint.line }, horzLines: { color: paint.line } },
  rightPriceScale: { borderColor: paint.line },
  timeScale: { borderColor: paint.line, timeVisible: true, secondsVisible: true },
});

export function chartIn(place, repaint = () => {}) {
  const chart = LightweightCharts.createChart(place, { autoSize: true, ...look(colours()) });
  onTheme(() => {
    const paint = colours();
    chart.applyOptions(look(paint));
    repaint(paint);
  });
  return chart;
}

// Times must rise strictly: of several points at one instant the last is drawn.
export function rising(points) {
  const kept = new Map();
  for (const point of points) kept.set(point.time, point);
  return [...kept.values()].sort((one, other) => one.time - other.time);
}
