// A question is answered over a stream: what is read while it is read, then the answer and what it rests on.
// Everything told is put in as text.
const MOST_BEFORE = 8;
const csrf = document.querySelector('meta[name="csrf"]').content;
const at = (id) => document.getElementById(id);
const form = at("ask-form");
const field = at("question");
const before = [];

for (const button of document.querySelectorAll("[data-example]")) {
  button.addEventListener("click", () => {
    field.value = button.textContent;
    form.requestSubmit();
  });
}

function put(parent, tag, kind, text = "") {
  const made = document.createElement(tag);
  made.className = kind;
  made.textContent = text;
  parent.append(made);
  return made;
}

// One turn of the talk; each event has a place of its own in it.
function newTurn(question) {
  const turn = put(at("talk"), "section", "turn");
  put(turn, "p", "asked", question);
  const progress = put(turn, "p", "small dim", "Reading the record …");
  turn.scrollIntoView({ block: "nearest" });
  const read = new Map();
  let rows = 0;
  return {
    reading(told) {
      for (const table of told.tables) read.set(table, (read.get(table) ?? 0) + told.rows);
      rows += told.rows;
      progress.textContent = `Reading ${[...read.keys()].at(-1).replaceAll("_", " ")}: ${rows} rows so far …`;
    },
    found(told) {
      progress.textContent = `Read ${told.rows} rows of ${read.size} tables in ${told.reads} reads`;
      progress.title = [...read.keys()].map((name) => name.replaceAll("_", " ")).join(", ");
    },
    answer(told) {
      put(turn, "p", "answer", told.answer);
      put(turn, "p", "small dim", `Understood as: ${told.understood || "–"}`);
      if (told.citations.length) {
        const cites = put(turn, "div", "cites");
        put(cites, "span", "small dim", "rests on");
        for (const id of told.citations) {
          put(cites, "a", "id", id.slice(0, 12)).href = `/decisions/${encodeURIComponent(id)}`;
        }
      }
      turn.scrollIntoView({ block: "nearest" });
    },
    fault(told) {
      progress.remove();
      put(turn, "p", "down", told.error).role = "alert";
    },
  };
}

// The events of a body, in the order in which they came.
async function* eventsOf(body) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let held = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    held += value;
    const parts = held.split("\n\n");
    held = parts.pop();
    for (const part of parts) {
      const [, name, data] = /^event: (\w+)\ndata: (.*)$/.exec(part);
      yield [name, JSON.parse(data)];
    }
  }
}

async function ask(question) {
  const turn = newTurn(question);
  let isOver = false;
  try {
    const answer = await fetch("/api/ask/stream", {
      method: "POST",
      headers: { "X-CSRF-Token": csrf, "Content-Type": "application/json" },
      body: JSON.stringify({ question, before }),
    });
    if (!answer.ok) throw new Error((await answer.json()).error);
    for await (const [name, told] of eventsOf(answer.body)) {
      turn[name]?.(told);
      isOver ||= name === "answer" || name === "fault";
    }
    if (!isOver) throw new Error("the line broke before the answer came; ask again");
  } catch (fault) {
    turn.fault({ error: fault.message });
  }
  before.push(question);
  if (before.length > MOST_BEFORE) before.shift();
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const question = field.value.trim();
  if (!question || at("ask-send").disabled) return;
  at("ask-send").disabled = true;
  field.value = "";
  try {
    await ask(question);
  } finally {
    at("ask-send").disabled = false;
    field.focus();
  }
});
