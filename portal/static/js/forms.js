// Comforts of forms; every form works without them.
const changed = new Set();
const LONG = 20;

// 常用语 fill the box; the pressed one shows while the box still says it.
function fill(button) {
  const box = document.getElementById(button.dataset.dbFill);
  if (!box) return;
  box.value = button.textContent.trim();
  box.dispatchEvent(new Event("input", { bubbles: true }));
  box.focus();
}

function markPhrases(box) {
  document.querySelectorAll(`[data-db-fill="${CSS.escape(box.id)}"]`).forEach((button) => {
    button.setAttribute("aria-pressed", String(button.textContent.trim() === box.value.trim()));
  });
}

// Characters, not bytes or UTF-16 units.
function count(box) {
  const shown = document.querySelector(`[data-db-counter="${CSS.escape(box.id)}"]`);
  if (!shown) return;
  const most = box.maxLength > 0 ? `/${box.maxLength}` : "";
  shown.textContent = `${[...box.value].length}${most}字`;
}

// What belongs to one choice only shows with it, and is not sent without it.
function narrow(form) {
  form?.querySelectorAll("[data-db-when]").forEach((part) => {
    const [name, value] = part.dataset.dbWhen.split("=");
    const chosen = form.querySelector(`[name="${CSS.escape(name)}"]:checked`);
    const asked = chosen?.value === value || part.querySelector(".db-field-wrong") !== null;
    part.hidden = !asked;
    part.querySelectorAll("input, select, textarea").forEach((box) => {
      box.disabled = !asked;
    });
  });
}

// A place inside a closed fold opens it.
function unfold(place) {
  const fold = place?.closest("details");
  if (fold) fold.open = true;
}

function refresh(root) {
  root.querySelectorAll("[data-db-opens]").forEach((mark) => {
    unfold(document.getElementById(mark.dataset.dbOpens));
  });

  root.querySelectorAll("textarea[id], input[id]").forEach((box) => {
    count(box);
    markPhrases(box);
  });
  root.querySelector("[data-db-focus]")?.focus();
}

document.addEventListener("click", (event) => {
  const phrase = event.target.closest?.("[data-db-fill]");
  if (phrase) fill(phrase);
  const link = event.target.closest?.('a[href^="#"]');
  if (link) unfold(document.getElementById(link.hash.slice(1)));
});

// A text of some length is asked about before the page is left, in whichever form it stands.
function longText(box) {
  return box.matches('form[method="post"] textarea') && [...box.value].length >= LONG;
}

// autosave.js: the text is safe on the server; a form with more than texts still asks.
document.addEventListener("db:saved", (event) => {
  if (!event.target.matches("[data-db-unsaved]")) changed.delete(event.target);
});

document.addEventListener("input", (event) => {
  const box = event.target;
  if (box.id) {
    count(box);
    markPhrases(box);
  }
  const form = box.closest("form[data-db-unsaved]") || (longText(box) && box.form);
  if (form) changed.add(form);
  narrow(box.form);
});

// A second click does not send twice; a click answered by an error may be repeated.
document.addEventListener("submit", (event) => {
  const form = event.target;
  changed.delete(form);
  if (!form.matches("[data-db-once]")) return;
  if (form.dataset.dbSent) {
    event.preventDefault();
    event.stopImmediatePropagation();
    return;
  }
  form.dataset.dbSent = "1";
  form.setAttribute("aria-busy", "true");
}, true);

function reopen() {
  document.querySelectorAll("form[data-db-sent]").forEach((form) => {
    delete form.dataset.dbSent;
    form.removeAttribute("aria-busy");
  });
}

document.addEventListener("htmx:afterRequest", reopen);
window.addEventListener("pageshow", reopen);

window.addEventListener("beforeunload", (event) => {
  if (![...changed].some((form) => form.isConnected)) return;
  event.preventDefault();
  event.returnValue = "";
});

document.addEventListener("htmx:afterSwap", (event) => refresh(event.detail.target));
refresh(document);
document.querySelectorAll("form").forEach(narrow);
