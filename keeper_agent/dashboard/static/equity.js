// The running sum of results with its drawdown below; a click says which decision a point was.
import { chartIn, rising } from "./charts.js";
import { colours, faded } from "./colours.js";

function show() {
  const place = document.getElementById("equity");
  if (place === null || place.dataset.drawn) return;
  place.dataset.drawn = "1";
  const told = JSON.parse(place.dataset.equity).map((one) => ({ ...one, time: Math.floor(one.ts / 1e9) }));
  // The sum begins at zero with the session, not with its first round trip.
  const began = { time: Math.min(Math.floor(Number(place.dataset.from) / 1e9), told[0].time - 1), sum_bps: 0, drawdown_bps: 0 };
  const drawn = [began, ...told];
  const said = document.getElementById("equity-said");
  let sum, fall;
  const paint = (look) => {
    sum.applyOptions({ color: look.blue });
    fall.applyOptions({ lineColor: look.red, topColor: faded(look.red, 0.05), bottomColor: faded(look.red, 0.35) });
  };
  const chart = chartIn(place, paint);
  sum = chart.addSeries(LightweightCharts.LineSeries, { lineWidth: 2, lineType: 1, pointMarkersVisible: told.length < 80 });
  fall = chart.addSeries(LightweightCharts.AreaSeries, { lineWidth: 1, lineType: 1, invertFilledArea: true }, 1);
  paint(colours());
  sum.setData(rising(drawn.map((one) => ({ time: one.time, value: one.sum_bps }))));
  fall.setData(rising(drawn.map((one) => ({ time: one.time, value: -one.drawdown_bps }))));
  chart.panes()[1].setHeight(100);
  chart.timeScale().fitContent();
  chart.subscribeClick((event) => {
    const one = told.findLast((row) => row.time === event.time);
    if (one === undefined) return;
    const link = document.createElement("a");
    link.href = `/decisions/${one.decision_id}`;
    link.textContent = `${one.symbol} ${one.net_bps.toFixed(2)} bps`;
    said.replaceChildren(link);
  });
}
show();
document.body.addEventListener("htmx:after:swap", show);
