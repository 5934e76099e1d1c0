// The frame of every page: colours, the kill switch, the stream of live figures, CSRF for htmx.
import { live } from "./live.js";

const csrf = document.querySelector('meta[name="csrf"]').content;
const at = (id) => document.getElementById(id);

document.body.addEventListener("htmx:config:request", (event) => {
  event.detail.ctx.request.headers["X-CSRF-Token"] = csrf;
});

const freshKey = () =>
  Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");

async function send(target, body, headers = {}) {
  const sent = { "X-CSRF-Token": csrf, "Content-Type": "application/json", ...headers };
  const answer = await fetch(target, { method: "POST", headers: sent, body: body && JSON.stringify(body) });
  if (answer.status === 204) return {};
  const told = await answer.json();
  if (!answer.ok) throw new Error(told.error);
  return told;
}

// colours: as the system, dark, light
const THEMES = ["system", "dark", "light"];
function showTheme(name) {
  if (name === "system") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = name;
  at("theme").setAttribute("aria-label", `Colours: ${name === "system" ? "as the system" : name}`);
  at("theme").textContent = { system: "◐", dark: "●", light: "○" }[name];
}
let theme = document.documentElement.dataset.theme ?? "system";
showTheme(theme);
at("theme").addEventListener("click", () => {
  theme = THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length];
  try {
    localStorage.setItem("keeper-theme", theme);
  } catch { /* not kept, then */ }
  showTheme(theme);
  document.dispatchEvent(new CustomEvent("keeper:theme"));
});

// the kill switch: nothing is sent before it was confirmed
const dialog = at("kill-dialog");
const isKilled = () => at("kill").dataset.killed === "1";
let key = "";
at("kill").addEventListener("click", () => {
  key = freshKey();
  at("kill-fault").hidden = true;
  at("kill-title").textContent = isKilled() ? "Allow entries again?" : "Forbid every entry?";
  at("kill-text").textContent = isKilled()
    ? "The agent may enter again from this moment on. A pause, if one is set, stays."
    : "From this moment on nothing is entered, until you allow it here or by keeper resume, also across restarts. " +
      "What is held is still sold as planned.";
  at("kill-why-label").hidden = isKilled();
  at("kill-yes").textContent = isKilled() ? "Allow entries" : "Forbid entries now";
  dialog.showModal();
});
at("kill-no").addEventListener("click", () => dialog.close());
async function flip() {
  at("kill-yes").disabled = true;
  try {
    const wanted = { killed: !isKilled() };
    if (wanted.killed) wanted.reason = at("kill-why").value.trim() || "from the dashboard";
    const told = await send("/api/kill", wanted, { "Idempotency-Key": key });
    showForbidden(told.killed ? "killed" : "allowed", told.reason);
    dialog.close();
  } catch (fault) {
    at("kill-fault").textContent = `It was not switched: ${fault.message}`;
    at("kill-fault").hidden = false;
  } finally {
    at("kill-yes").disabled = false;
  }
}
at("kill-yes").addEventListener("click", flip);
at("kill-form").addEventListener("submit", (event) => {
  event.preventDefault();
  if (!at("kill-yes").disabled) flip();
});

function showForbidden(entries, why) {
  const place = at("forbidden");
  at("kill").dataset.killed = entries === "killed" ? "1" : "0";
  at("kill").textContent = entries === "killed" ? "Allow entries" : "Kill switch";
  place.hidden = entries === "allowed";
  place.querySelector("[data-forbidden=what]").textContent = entries === "killed" ? "Killed:" : "Paused:";
  place.querySelector("[data-forbidden=why]").textContent = why ?? "";
}

at("logout").addEventListener("click", async () => {
  await send("/logout");
  location.assign("/enter");
});

// what stands above: real money, paper, or nobody
const banner = at("banner");
const worlds = JSON.parse(banner.dataset.worlds);
function showBanner(kind, label, text) {
  if (banner.querySelector("[data-banner=label]").textContent === label) return;
  banner.className = `banner ${kind}`;
  banner.querySelector("[data-banner=label]").textContent = label;
  banner.querySelector("[data-banner=text]").textContent = text;
}
live.on("status", (told) => {
  showBanner(...worlds[told.world]);
  if (!dialog.open) showForbidden(told.entries, told.why);
});
live.on("fault", () => showBanner("nobody", "NO AGENT RUNS", "what you see is the record"));
live.on("line", (isUp) => { at("stale").hidden = isUp; });

// where the names of the pages do not fit, the one that is shown is among those that are seen
const here = document.querySelector("nav a[aria-current]");
if (here !== null) here.parentElement.scrollLeft = here.offsetLeft - here.parentElement.offsetLeft - 12;

// a row opens what its link opens
document.addEventListener("click", (event) => {
  const row = event.target.closest("tr.pick");
  if (row === null || event.target.closest("a, button") || String(getSelection())) return;
  row.querySelector("a")?.click();
});

if (!document.hidden) live.start();
