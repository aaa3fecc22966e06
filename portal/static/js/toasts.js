// Toasts: eight seconds, paused while pointed at or focused; errors stay until they are closed.
// Other scripts and HX-Trigger say `db:toast` with {text, kind} to show one.
// HTMX may swap the whole page, the region included: it is looked up each time.
const LIFE = 8000;
const region = () => document.getElementById("db-toasts");

function leave(toast) {
  toast.remove();
}

function watch(toast) {
  if (toast.dataset.dbWatched) return;
  toast.dataset.dbWatched = "1";
  toast.querySelector("[data-db-close]")?.addEventListener("click", () => leave(toast));
  if (toast.dataset.dbToast === "error") return;
  let timer = setTimeout(leave, LIFE, toast);
  const pause = () => clearTimeout(timer);
  const go = () => {
    clearTimeout(timer);
    timer = setTimeout(leave, LIFE, toast);
  };
  toast.addEventListener("mouseenter", pause);
  toast.addEventListener("focusin", pause);
  toast.addEventListener("mouseleave", go);
  toast.addEventListener("focusout", go);
}

function show(text, kind) {
  const toast = document.createElement("div");
  toast.className = `db-toast db-toast-${kind}`;
  toast.dataset.dbToast = kind;
  const said = document.createElement("span");
  said.className = "db-toast-text";
  said.textContent = text;
  const close = document.createElement("button");
  close.type = "button";
  close.className = "db-toast-close";
  close.dataset.dbClose = "";
  close.textContent = "关闭";
  toast.append(said, close);
  region()?.append(toast);
  watch(toast);
}

function watchAll() {
  region()?.querySelectorAll("[data-db-toast]").forEach(watch);
}

document.addEventListener("htmx:afterSwap", watchAll);
document.addEventListener("db:toast", (event) => {
  show(event.detail.text, event.detail.kind === "error" ? "error" : "done");
});
watchAll();
