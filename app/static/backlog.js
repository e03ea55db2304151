// Cards of the board dragged or moved by keys: both press the card's own button. Sliders say their value while they move.
(() => {
  "use strict";
  const button = (card, state) => card.querySelector(`button[name=to][value="${CSS.escape(state)}"]`);
  const board = document.querySelector("[data-board]");
  let held = null;

  const column = (event) => event.target.closest("[data-state]");
  const fits = (event) => held && column(event) && button(held, column(event).dataset.state);

  board?.addEventListener("dragstart", (event) => {
    held = event.target.closest("[data-card]");
    if (held) event.dataTransfer.effectAllowed = "move";
    for (const one of board.querySelectorAll("[data-state]")) {
      one.classList.toggle("is-open", Boolean(held && button(held, one.dataset.state)));
    }
  });
  board?.addEventListener("dragover", (event) => fits(event) && event.preventDefault());
  board?.addEventListener("drop", (event) => {
    if (!fits(event)) return;
    event.preventDefault();
    button(held, column(event).dataset.state).click();
  });
  board?.addEventListener("dragend", () => {
    held = null;
    for (const one of board.querySelectorAll(".is-open")) one.classList.remove("is-open");
  });
  board?.addEventListener("keydown", (event) => {
    if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    const card = event.target.closest("[data-card]");
    const pressed = card?.querySelector(`[data-card-key="${CSS.escape(event.key)}"]`);
    if (!pressed) return;
    event.preventDefault();
    pressed.click();
  });

  document.addEventListener("input", (event) => {
    const shown = event.target.type === "range" && document.querySelector(`output[for="${CSS.escape(event.target.id)}"]`);
    if (shown) shown.firstChild.textContent = event.target.value;
  });
})();
