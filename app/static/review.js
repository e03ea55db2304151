// Keys and choices of the review workbench. Every key presses the button or link that carries it as data-key,
// so whatever a key does can be done without this file.
const FIELDS = "input, textarea, select, [contenteditable]";

const byKey = (event) => {
  if (event.isComposing || event.keyCode === 229 || event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
  if (event.target.closest(FIELDS) || document.querySelector("dialog[open]")) return;
  if (event.key === "Enter" && event.target.closest("a, button, summary")) return;
  const name = event.key === "−" ? "-" : event.key.toLowerCase();
  const pressed = document.querySelector(`[data-key="${CSS.escape(name)}"]`);
  if (!pressed) return;
  event.preventDefault();
  pressed.click();
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
  if (event.key === "Escape" && document.getElementById("decide")) choose("");
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

document.addEventListener("htmx:beforeRequest", (event) => {
  if (event.detail.requestConfig.parameters.act === "confirm") document.getElementById("decide")?.classList.add("is-leaving");
});

document.addEventListener("htmx:load", (event) => {
  if (event.detail.elt.id === "workbench") document.getElementById("decide")?.focus({ preventScroll: true });
});
