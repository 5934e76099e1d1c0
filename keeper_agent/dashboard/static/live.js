// One stream of live figures for the page; each element that names one shows it, as text.
const listeners = { status: [], fault: [], line: [] };

const none = (value) => value === null || value === undefined;
const signedBy = (digits) => (value) => `${value > 0 ? "+" : value < 0 ? "-" : ""}${Math.abs(value).toFixed(digits)}`;
const FORMATS = {
  text: (value) => String(value),
  words: (value) => String(value).replaceAll("_", " "),
  price: (value) => Number(Number(value).toPrecision(7)).toString(),
  bps: (value) => `${Number(value).toFixed(1)} bps`,
  share: (value) => `${(100 * value).toFixed(1)} %`,
  whole: (value) => Number(value).toFixed(0),
  two: (value) => Number(value).toFixed(2),
  four: (value) => Number(value).toFixed(4),
  signed: (value) => signedBy(4)(Number(value)),
  ms: (value) => `${Number(value).toFixed(2)} ms`,
  rest: (value) => (Number(value) > 0 ? FORMATS.seconds(value) : "–"),
  seconds: (value) => `${Number(value).toFixed(1)} s`,
  clock: (value) => String(value).slice(11, 19),
};

export function valueAt(told, path) {
  return path.split(".").reduce((found, name) => (none(found) ? null : found[name]), told);
}

function show(told) {
  const symbols = Object.fromEntries(told.symbols.map((row) => [row.symbol, row]));
  for (const place of document.querySelectorAll("[data-live]")) {
    const source = place.dataset.symbol === undefined ? told : symbols[place.dataset.symbol];
    const value = valueAt(source, place.dataset.live);
    if (place instanceof HTMLMeterElement) {
      if (!none(value)) place.value = Number(value);
      continue;
    }
    const text = none(value) ? "–" : FORMATS[place.dataset.format ?? "text"](value);
    if (place.textContent !== text) place.textContent = text;
    if (place.dataset.tone !== undefined) {
      place.classList.toggle("up", Number(value) > 0);
      place.classList.toggle("down", Number(value) < 0);
    }
  }
}

function tellGrowth() {
  document.body.dispatchEvent(new CustomEvent("keeper:grown"));
}

function tell(kind, what) {
  for (const listener of listeners[kind]) listener(what);
}

let stream = null;

export const live = {
  on(kind, listener) { listeners[kind].push(listener); },
  start() {
    stream?.close();
    const opened = new EventSource("/api/events");
    stream = opened;
    opened.addEventListener("status", (event) => {
      const told = JSON.parse(event.data);
      show(told);
      tell("status", told);
      document.documentElement.dataset.seen = told.ts;
    });
    // pieces made from the record are fetched anew; the server says when, to everybody at the same moment
    opened.addEventListener("grown", tellGrowth);
    opened.addEventListener("fault", (event) => tell("fault", JSON.parse(event.data).error));
    opened.addEventListener("open", () => tell("line", true));
    opened.addEventListener("error", () => {
      tell("line", false);
      if (opened.readyState === EventSource.CLOSED) {
        setTimeout(() => { if (stream === opened) live.start(); }, 3000);
      }
    });
  },
  stop() {
    stream?.close();
    stream = null;
  },
};

addEventListener("pagehide", () => live.stop());
// a page that nobody sees costs the agent's machine nothing
document.addEventListener("visibilitychange", () => {
  if (document.hidden) {
    live.stop();
  } else if (stream === null) {
    live.start();
    tellGrowth();
  }
});
