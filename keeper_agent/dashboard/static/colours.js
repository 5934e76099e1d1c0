// The sheet's colours as a canvas needs them, for the theme in force.
export function colours() {
  const probe = document.createElement("span");
  probe.hidden = true;
  document.body.append(probe);
  const found = {};
  for (const name of ["ground", "sheet", "line", "text", "dim", "blue", "green", "red", "amber", "violet"]) {
    probe.className = "";
    probe.style.setProperty("color", `var(--${name})`);
    found[name] = getComputedStyle(probe).color;
  }
  probe.remove();
  return found;
}

export function onTheme(redraw) {
  document.addEventListener("keeper:theme", redraw);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);
}

export function faded(colour, alpha) {
  const [red, green, blue] = colour.match(/\d+(\.\d+)?/g);
  return `rgba(${red}, ${green}, ${blue}, ${alpha})`;
}
