// The price with the market maker's bounds, refreshes below, our fills and spoofing alerts as marks; it goes on live.
import { chartIn, rising } from "./charts.js";
import { colours } from "./colours.js";
import { live } from "./live.js";

const place = document.getElementById("market");
const seconds = (ts) => Math.floor(ts / 1e9);
const known = (value) => value !== null && value !== undefined;

// Decimal places that tell these prices apart, at most six figures of each.
function placesOf(prices) {
  const most = Math.max(2, Math.min(8, 5 - Math.floor(Math.log10(prices.at(-1) || 1))));
  const told = prices.map((price) => String(Number(price.toPrecision(7))).split(".")[1]?.length ?? 0);
  return prices.length ? Math.max(2, Math.min(most, ...[Math.max(...told)])) : most;
}

// All of it with room at both ends, so that no mark is cut off.
const LEAST_SECONDS = 20;
const STILL_SHORT = 90;
function fit(chart, count) {
  chart.timeScale().setVisibleLogicalRange({ from: -1 - count / 30, to: Math.max(count, LEAST_SECONDS) + count / 60 });
}

async function show() {
  const answer = await fetch(place.dataset.source);
  const told = await answer.json();
  const said = document.getElementById("market-said");
  if (!answer.ok) {
    said.textContent = told.error;
    return;
  }
  const series = {};
  const names = { mid: "mid", low: "mm_lower_bound", high: "mm_upper_bound" };
  const chart = chartIn(place, paint);
  const digits = placesOf(told.seen.flatMap((one) => [one.mid, one.mm_lower_bound, one.mm_upper_bound]).filter(known));
  const priceFormat = { type: "price", precision: digits, minMove: 10 ** -digits };
  for (const name of Object.keys(names)) {
    series[name] = chart.addSeries(LightweightCharts.LineSeries, {
      lineWidth: name === "mid" ? 2 : 1, lineStyle: name === "mid" ? 0 : 2, priceFormat, priceLineVisible: name === "mid",
      lastValueVisible: name === "mid",
    });
    series[name].setData(rising(told.seen.filter((one) => known(one[names[name]])).map(
      (one) => ({ time: seconds(one.ts), value: one[names[name]] }))));
  }
  series.refresh = chart.addSeries(LightweightCharts.HistogramSeries, { lastValueVisible: false, priceLineVisible: false }, 1);
  series.refresh.setData(rising(told.seen.filter((one) => known(one.mm_refresh_rate)).map(
    (one) => ({ time: seconds(one.ts), value: one.mm_refresh_rate }))));
  chart.panes()[1]?.setHeight(70);
  const marks = LightweightCharts.createSeriesMarkers(series.mid, []);

  function paint(look) {
    series.mid.applyOptions({ color: look.blue });
    series.low.applyOptions({ color: look.green });
    series.high.applyOptions({ color: look.red });
    series.refresh.applyOptions({ color: look.violet });
    const isRoomy = place.clientWidth > 560 || told.fills.length < 5; // else the sizes lie on one another
    const fills = told.fills.map((one) => ({
      time: seconds(one.ts), position: one.side === "buy" ? "belowBar" : "aboveBar", text: isRoomy ? one.size : "",
      shape: one.side === "buy" ? "arrowUp" : "arrowDown", color: one.side === "buy" ? look.green : look.red,
    }));
    const alerts = told.seen.filter((one) => one.is_spoof_alert).map((one) => ({
      time: seconds(one.ts), position: "aboveBar", shape: "square", color: look.amber, text: "spoof",
    }));
    marks.setMarkers([...fills, ...alerts].sort((one, other) => one.time - other.time));
  }
  paint(colours());
  const times = new Set(told.seen.map((one) => seconds(one.ts)));
  fit(chart, times.size);
  if (told.seen.length === 0) said.textContent = "No signal was raised here in that time; the line begins with what comes now.";
  chart.subscribeClick((event) => {
    const one = [...told.fills, ...told.seen].find((row) => seconds(row.ts) === event.time);
    if (one === undefined) return;
    const link = document.createElement("a");
    link.href = `/decisions/${one.decision_id}`;
    link.textContent = known(one.side) ? `${one.side} ${one.size} at ${one.price}` : `${one.action}: why?`;
    said.replaceChildren(link);
  });
  let last = seconds(told.seen.at(-1)?.ts ?? 0);
  live.on("status", (status) => {
    const row = status.symbols.find((one) => one.symbol === place.dataset.symbolName);
    const time = seconds(status.ts);
    if (row === undefined || time < last) return;
    last = time;
    if (times.size < STILL_SHORT && !times.has(time)) fit(chart, times.add(time).size);
    if (known(row.mid)) series.mid.update({ time, value: row.mid });
    if (known(row.mm.low)) series.low.update({ time, value: row.mm.low });
    if (known(row.mm.high)) series.high.update({ time, value: row.mm.high });
  });
}
if (place !== null) show();
