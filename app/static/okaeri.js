/* The few things a staff page cannot do without script. Everything hangs on data attributes:
   data-menu, data-fold, data-dialog="id", data-submit, data-busy="…", data-rows-link, data-popup, data-copy="id", data-insert="…", data-toasts and data-toast,
   and .clause[data-reason] lighting its .chip. A server answer may raise a toast with
   HX-Trigger: {"toast": {"text": "…", "undo": "/url"}}. */
(() => {
  "use strict";
  const TOAST_MS = 8000;
  const near = (event, selector) => (event.target instanceof Element ? event.target.closest(selector) : null);

  // Menu on a phone: a link to the list without script, a switch with it.
  for (const opener of document.querySelectorAll("[data-menu]")) {
    const menu = opener.closest(".menu");
    opener.setAttribute("role", "button");
    opener.setAttribute("aria-expanded", "false");
    const turn = (event) => {
      event.preventDefault();
      opener.setAttribute("aria-expanded", String(menu.classList.toggle("is-open")));
    };
    opener.addEventListener("click", turn);
    opener.addEventListener("keydown", (event) => event.key === " " && turn(event));
  }

  // Folds stand open where there is room, and start closed on a phone.
  const roomy = matchMedia("(min-width: 900px)");
  const fold = () => {
    for (const part of document.querySelectorAll("[data-fold]")) {
      part.open = roomy.matches;
      part.querySelector("summary").tabIndex = roomy.matches ? -1 : 0;
    }
  };
  roomy.addEventListener("change", fold);
  fold();

  // What can be put into a text goes where the cursor was last.
  let written = document.querySelector("form textarea");
  document.addEventListener("focusout", (event) => {
    if (near(event, "textarea")) written = event.target;
  });
  for (const inserter of document.querySelectorAll("[data-insert]")) inserter.hidden = false;

  document.addEventListener("click", (event) => {
    const opener = near(event, "[data-dialog]");
    if (opener) document.getElementById(opener.dataset.dialog)?.showModal();

    const copier = near(event, "[data-copy]");
    if (copier) {
      const address = document.getElementById(copier.dataset.copy);
      address.select();
      navigator.clipboard?.writeText(address.value).then(() => { copier.textContent = copier.dataset.done; });
    }

    const inserter = near(event, "[data-insert]");
    if (inserter && written) {
      written.setRangeText(inserter.dataset.insert, written.selectionStart, written.selectionEnd, "end");
      written.focus();
    }

    const row = near(event, "[data-rows-link] tr");
    if (row && !near(event, "a, button, input, select, label, summary") && !String(getSelection())) {
      row.querySelector("a")?.click();
    }
    for (const popup of document.querySelectorAll("[data-popup][open]")) {
      if (!popup.contains(event.target)) popup.open = false;
    }
  });
  document.addEventListener("keydown", (event) => {
    const popup = event.key === "Escape" && near(event, "[data-popup][open]");
    if (!popup) return;
    popup.open = false;
    popup.querySelector("summary").focus();
  });

  document.addEventListener("change", (event) => {
    const chosen = near(event, "[data-submit]");
    if (!chosen) return;
    for (const part of chosen.form.elements) part.disabled ||= part.value === "" && part.name !== "";
    chosen.form.requestSubmit();
  });

  // A pressed button keeps its width and says what is under way; a second press does nothing.
  document.addEventListener("submit", (event) => {
    const pressed = event.submitter;
    if (!pressed?.dataset.busy || event.defaultPrevented) return;
    if (pressed.getAttribute("aria-disabled") === "true") return event.preventDefault();
    pressed.style.minWidth = `${pressed.offsetWidth}px`;
    pressed.setAttribute("aria-disabled", "true");
    pressed.dataset.rest = pressed.textContent;
    pressed.textContent = pressed.dataset.busy;
  });
  addEventListener("pageshow", () => {
    for (const pressed of document.querySelectorAll("[data-rest]")) {
      pressed.textContent = pressed.dataset.rest;
      pressed.removeAttribute("aria-disabled");
      pressed.removeAttribute("data-rest");
      pressed.style.minWidth = "";
    }
    for (const part of document.querySelectorAll(".filters :disabled")) part.disabled = false;
  });

  // A clause under the pointer or the focus lights its chip.
  const light = (event) => {
    const clause = near(event, ".clause[data-reason]");
    for (const chip of document.querySelectorAll(".chip.is-lit")) chip.classList.remove("is-lit");
    const home = clause?.closest("[data-voice]");
    if (!home) return;
    for (const chip of home.querySelectorAll(".chip[data-reason]")) {
      chip.classList.toggle("is-lit", chip.dataset.reason === clause.dataset.reason);
    }
  };
  document.addEventListener("mouseover", light);
  document.addEventListener("focusin", light);

  // Toasts leave after eight seconds, but not from under the pointer or the focus.
  const dismiss = (toast) => {
    if (toast.matches(":hover, :focus-within")) return setTimeout(dismiss, TOAST_MS / 4, toast);
    toast.classList.add("is-leaving");
    setTimeout(() => toast.remove(), 200);
  };
  const region = document.querySelector("[data-toasts]");
  const show = (toast) => {
    // One at a time: 元に戻す must never be about an earlier act than the last.
    for (const earlier of region.querySelectorAll("[data-toast], .toast-line")) if (earlier !== toast) earlier.remove();
    region.append(toast);
    setTimeout(dismiss, TOAST_MS, toast);
  };
  // Moved in after the page has loaded, a live region is read out.
  const waiting = region ? [...region.querySelectorAll("[data-toast]")] : [];
  if (waiting.length) setTimeout(() => waiting.forEach(show), 60);

  const undoForm = (url) => {
    const form = document.createElement("form");
    const token = document.createElement("input");
    const press = document.createElement("button");
    Object.assign(form, { method: "post", action: url });
    Object.assign(token, { type: "hidden", name: "csrf_token" });
    token.value = document.querySelector("meta[name=csrf-token]")?.content ?? "";
    press.textContent = region.dataset.undoLabel;
    form.append(token, press);
    return form;
  };
  document.addEventListener("toast", (event) => {
    if (!region) return;
    const toast = document.createElement("div");
    const words = document.createElement("span");
    toast.className = "toast-line";
    words.textContent = event.detail.text;
    toast.append(words);
    if (event.detail.undo) toast.append(undoForm(event.detail.undo));
    show(toast);
  });
})();
