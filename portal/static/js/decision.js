// The page of one signature: the bar says what will be signed; what was typed outlives a lost network.
const AGREED = "同意。";

function say(root) {
  root.querySelectorAll("[data-db-says]").forEach((said) => {
    const box = document.getElementById(said.dataset.dbSays);
    said.textContent = box?.value.trim() || AGREED;
  });
  const chosen = document.querySelector('input[name="acting_as"]:checked');
  const name = document.querySelector("[data-db-signs]");
  if (chosen && name) name.textContent = chosen.dataset.dbPrints;
}

// A page of a file that has to wait for its turn (429) is asked for again; `error` does not bubble.
const TRIES = 5;

document.addEventListener("error", (event) => {
  const page = event.target;
  if (!page.matches?.("img.db-file-page")) return;
  const tried = Number(page.dataset.dbTried || 0);
  if (tried >= TRIES) return;
  page.dataset.dbTried = tried + 1;
  setTimeout(() => { page.src = `${page.src.split("?")[0]}?try=${tried + 1}`; }, 1000 * (tried + 1));
}, true);

document.addEventListener("input", () => say(document));
document.addEventListener("change", () => say(document));

// One text a form, for this window and this person alone, so that it comes back after a new sign-in or a
// lost network; of sensitive items nothing is kept (no data-db-kept), and nothing for who signs in next.
const OWN = `db-typed:${document.querySelector("[data-db-kept]")?.dataset.dbKept}:`;
const kept = (form) => `${OWN}${new URL(form.action).pathname}:${form.elements.act?.value}`;

try {
  Object.keys(sessionStorage)
    .filter((name) => name.startsWith("db-typed:") && !name.startsWith(OWN))
    .forEach((name) => sessionStorage.removeItem(name));
} catch {
  // Storage may be closed by policy.
}

function forms() {
  return document.querySelectorAll("[data-db-kept] form");
}

function restore() {
  forms().forEach((form) => {
    const box = form.querySelector("textarea");
    try {
      const typed = sessionStorage.getItem(kept(form));
      if (box && typed && !box.value) box.value = typed;
    } catch {
      // Storage may be closed by policy; what was typed then lives as long as the page.
    }
  });
}

document.addEventListener("input", (event) => {
  const form = event.target.closest?.("[data-db-kept] form");
  if (!form || event.target.tagName !== "TEXTAREA") return;
  try {
    sessionStorage.setItem(kept(form), event.target.value);
  } catch {
    // As above.
  }
});

// Forgotten once the portal has it: an answer that leads on, not an error or a lost network.
document.addEventListener("htmx:afterRequest", (event) => {
  const form = event.detail.elt;
  if (form.tagName !== "FORM" || !event.detail.xhr?.getResponseHeader("HX-Location")) return;
  // With it whatever else was begun about the same item, such as a reason for 退回.
  const item = kept(form).split("/").slice(0, 3).join("/");
  try {
    Object.keys(sessionStorage)
      .filter((name) => name.startsWith(`${item}/`))
      .forEach((name) => sessionStorage.removeItem(name));
  } catch {
    // As above.
  }
});

document.addEventListener("htmx:afterSwap", () => say(document));
restore();
document.querySelectorAll("textarea").forEach((box) => box.dispatchEvent(new Event("input", { bubbles: true })));
say(document);
