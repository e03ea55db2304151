// Keys and choices of the review workbench. Every key presses the button or link that carries it as data-key,
// so whatever a key does can be done without this file.
const FIELDS = "input, textarea, select, [contenteditable]";

const FULL = 8; // keys that wait for an answer of the server, at most
const bench = () => document.getElementById("decide");
const pressable = (name) => document.querySelector(`[data-key="${CSS.escape(name)}"], [data-also-key="${CSS.escape(name)}"]`);
const picks = () => [...document.querySelectorAll("#workbench input[name=also]")];

// While a change is on its way, what is typed waits: no key is lost, none acts twice.
let busy = false;
const waiting = [];

const act = (name) => {
  const pressed = pressable(name);
  if (name === "/") document.querySelector(".filter-search")?.focus();
  else if (name === " ") pick();
  else if ((name === "s" && cutAtCaret()) || (name === "x" && joinChosen())) return;
  else pressed?.click();
};

const known = (name) => name === "/" || (name === " " && bench()) || pressable(name);

const byKey = (event) => {
  if (event.isComposing || event.keyCode === 229 || event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
  if (event.target.closest(FIELDS) && event.target.type !== "checkbox") return;
  if (document.querySelector("dialog[open]")) return;
  if ((event.key === "Enter" || event.key === " ") && event.target.closest("a, button, summary, input")) return;
  if (alongCuts(event)) return;
  const moved = { ArrowDown: "j", ArrowUp: "k" }[event.key];
  const name = moved ?? (event.key === "−" ? "-" : event.key.toLowerCase());
  if (!known(name)) return;
  event.preventDefault();
  if (event.shiftKey && ["j", "k"].includes(name)) pick(true);
  if (!busy) act(name);
  else if (waiting.length < FULL) waiting.push(name);
};

// Answers chosen with Space, or with Shift while moving, are decided together.
const tell = () => {
  const chosen = picks().filter((one) => one.checked).length;
  const words = document.querySelector("[data-chosen]");
  if (!words) return;
  words.hidden = !chosen;
  words.querySelector("[data-count]").textContent = words.dataset.chosen.replace("#", chosen);
};
const pick = (on) => {
  const current = document.querySelector("[data-pick]");
  if (current) current.checked = on ?? !current.checked;
  tell();
};
document.addEventListener("change", (event) => event.target.name === "also" && tell());

// A change that only a key can name: the form is sent as if a button had carried it.
const send = (value) => {
  const press = document.createElement("button");
  Object.assign(press, { name: "act", value, hidden: true });
  bench().append(press);
  press.click();
  press.remove();
  return true;
};

// S: the clause is cut where the caret stands, or before the word that is marked.
const cutAtCaret = () => {
  const marked = getSelection();
  const node = marked.rangeCount ? marked.getRangeAt(0).startContainer : null;
  const stretch = node?.parentElement?.closest("#decide [data-clause]");
  const at = stretch && node.nodeType === Node.TEXT_NODE ? marked.getRangeAt(0).startOffset : 0;
  return at > 0 && at < node.length && send(`split:${Number(stretch.dataset.start) + at}`);
};

// X: the clause that is chosen goes together with the one behind it, the last one with the one before.
const joinChosen = () => {
  const chosen = bench()?.elements.clause.value;
  if (!chosen) return false;
  const parts = [...bench().querySelectorAll("[data-clause]")];
  const numbers = [...new Set(parts.map((one) => one.dataset.clause))];
  if (numbers.length < 2) return false;
  const second = numbers[Math.min(numbers.indexOf(chosen) + 1, numbers.length - 1)];
  return send(`join:${parts.find((one) => one.dataset.clause === second).dataset.start}`);
};

// Where an answer is cut anew, the arrows go from place to place.
const alongCuts = (event) => {
  const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  const places = [...document.querySelectorAll("#decide .cut")];
  if (!step || !places.length) return false;
  event.preventDefault();
  places[(places.indexOf(document.activeElement) + step + places.length) % places.length].focus();
  return true;
};

// The clause that was pointed at last is the one a reason is given to; Escape lets go of it.
const choose = (clause) => {
  const form = document.getElementById("decide");
  for (const one of form.querySelectorAll("[data-clause]")) {
    one.classList.toggle("is-lit", one.dataset.clause === clause);
    one.toggleAttribute("aria-current", one.dataset.clause === clause);
  }
  form.elements.clause.value = clause;
};

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && bench() && !event.target.closest(FIELDS)) {
    choose("");
    if (!busy) (document.querySelector("[data-key=escape]") ?? (picks().some((one) => one.checked) && document.querySelector("[data-unchoose]")))?.click?.();
    return;
  }
  byKey(event);
});

document.addEventListener("focusin", (event) => {
  const clause = event.target.closest("#decide [data-clause]");
  if (clause) choose(clause.dataset.clause);
});

// A refusal comes with the bench as it stands now: show it.
document.addEventListener("htmx:beforeSwap", (event) => {
  if (event.detail.target.id === "workbench" && [409, 422].includes(event.detail.xhr.status)) event.detail.shouldSwap = true;
});

const isBench = (event) => event.detail.target?.id === "workbench";

// What is chosen goes along to the next answer.
document.addEventListener("htmx:configRequest", (event) => {
  if (!isBench(event) || event.detail.verb !== "get" || event.detail.elt.matches("[data-unchoose]")) return;
  const chosen = picks().filter((one) => one.checked).map((one) => one.value);
  chosen.forEach((one) => event.detail.parameters.append("also", one));
});

document.addEventListener("htmx:beforeRequest", (event) => {
  if (!isBench(event)) return;
  busy = true;
  if (event.detail.requestConfig.parameters.act === "confirm") bench()?.classList.add("is-leaving");
  // Seen at once: the server's answer follows.
  event.detail.requestConfig.triggeringEvent?.submitter?.closest(".code")?.classList.toggle("is-lit");
});

const go = () => {
  busy = false;
  while (waiting.length && !busy) act(waiting.shift());
};

// Nothing came that could be shown: the bench stands as it did. Else it is ready once htmx has loaded it, not before.
document.addEventListener("htmx:afterRequest", (event) => {
  const { xhr, successful } = event.detail;
  if (isBench(event) && !successful && ![409, 422].includes(xhr?.status)) go();
});

document.addEventListener("htmx:load", (event) => {
  if (event.detail.elt.id !== "workbench") return;
  tell();
  (document.querySelector("#decide .cut") ?? bench())?.focus({ preventScroll: true });
  go();
});
tell();
