// Suggestions below a field (ARIA combobox): the server fills the listbox by HTMX, this moves through it.
// An option that is a link is followed; one with data-db-value fills the field. Without scripts the
// field is a field: its form is sent, or a <datalist> offers the choices.
const listOf = (box) => document.getElementById(box.dataset.dbCombo);
const options = (list) => [...list.querySelectorAll('[role="option"]')];
const chosen = (list) => list.querySelector('[aria-selected="true"]');

function prepare(box) {
  if (box.getAttribute("role") === "combobox") return;
  box.removeAttribute("list");
  box.setAttribute("role", "combobox");
  box.setAttribute("aria-autocomplete", "list");
  box.setAttribute("aria-controls", box.dataset.dbCombo);
  box.setAttribute("aria-expanded", "false");
}

function close(box) {
  const list = listOf(box);
  if (!list) return;
  list.hidden = true;
  chosen(list)?.setAttribute("aria-selected", "false");
  box.setAttribute("aria-expanded", "false");
  box.removeAttribute("aria-activedescendant");
}

function open(box) {
  const list = listOf(box);
  const any = options(list).length > 0;
  list.hidden = !any;
  box.setAttribute("aria-expanded", String(any));
  box.removeAttribute("aria-activedescendant");
}

function point(box, option) {
  const list = listOf(box);
  chosen(list)?.setAttribute("aria-selected", "false");
  option.setAttribute("aria-selected", "true");
  option.scrollIntoView({ block: "nearest" });
  box.setAttribute("aria-activedescendant", option.id);
}

function move(box, step) {
  const list = listOf(box);
  if (list.hidden) open(box);
  const all = options(list);
  if (list.hidden || !all.length) return;
  const now = all.indexOf(chosen(list));
  point(box, all[(now + step + all.length + (now < 0 && step < 0 ? 1 : 0)) % all.length]);
}

function take(box, option) {
  if (option.dataset.dbValue === undefined) {
    window.location.assign(option.href);
    return;
  }
  box.value = option.dataset.dbValue;
  // Not `input`: what was chosen asks for no further suggestions.
  box.dispatchEvent(new Event("change", { bubbles: true }));
  box.focus();
  close(box);
}

function boxOf(list) {
  return document.querySelector(`[data-db-combo="${CSS.escape(list.id)}"]`);
}

document.addEventListener("keydown", (event) => {
  const box = event.target;
  // While an input method composes, its keys are its own.
  if (!box.matches?.("[data-db-combo]") || event.isComposing) return;
  const list = listOf(box);
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    move(box, event.key === "ArrowDown" ? 1 : -1);
  } else if (event.key === "Enter" && !list.hidden && chosen(list)) {
    event.preventDefault();
    take(box, chosen(list));
  } else if (event.key === "Escape" && !list.hidden) {
    event.stopPropagation();
    close(box);
  } else if (event.key === "Tab") {
    close(box);
  }
}, true);

document.addEventListener("mousedown", (event) => {
  const option = event.target.closest?.('.db-suggest [role="option"]');
  // The field keeps the focus; links are links, also in a new window.
  if (option) event.preventDefault();
});

document.addEventListener("click", (event) => {
  const option = event.target.closest?.('.db-suggest [data-db-value]');
  if (option) take(boxOf(option.closest(".db-suggest")), option);
  document.querySelectorAll("[data-db-combo]").forEach((box) => {
    if (box !== event.target && !listOf(box)?.contains(event.target)) close(box);
  });
});

document.addEventListener("input", (event) => {
  const box = event.target;
  if (box.matches?.("[data-db-combo][hx-get]") && !box.value.trim()) {
    listOf(box).replaceChildren();
    close(box);
  }
});

document.addEventListener("htmx:afterSwap", (event) => {
  const list = event.detail.target;
  if (list.matches?.(".db-suggest")) {
    const box = boxOf(list);
    if (box === document.activeElement) open(box);
  }
  document.querySelectorAll("[data-db-combo]").forEach(prepare);
});

// Fields and lists that a script of the page makes by itself (choices.js).
document.addEventListener("db:combo", (event) => prepare(event.target));
document.addEventListener("db:filled", (event) => {
  open(boxOf(event.target));
});

// A field that lost the network says nothing of it: typing on asks again.
document.querySelectorAll("[data-db-combo]").forEach(prepare);
