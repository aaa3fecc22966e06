// Lists by key (WCAG 2.1.4: they can be turned off) and the quick look below a row. Without a
// script the rows are links, and the quick look's link leads to the item.
const list = document.querySelector("[data-db-list]");
const KEPT = "db-keys-off";
const STEPS = { j: 1, ArrowDown: 1, k: -1, ArrowUp: -1 };
let off = false;
try {
  off = localStorage.getItem(KEPT) === "1";
} catch {
  // Storage may be closed by policy; the keys then work.
}

const rows = () => [...list.querySelectorAll("[data-db-row]")];

function typing(target) {
  return target.closest?.("input, select, textarea, [contenteditable]") !== null;
}

function move(step) {
  const all = rows();
  const at = all.indexOf(document.activeElement);
  const next = all[at < 0 ? 0 : Math.min(all.length - 1, Math.max(0, at + step))];
  next?.focus();
  next?.scrollIntoView({ block: "nearest" });
}

// The row below that holds the quick look; made when it is first asked for.
function place(row) {
  const next = row.nextElementSibling;
  if (next?.classList.contains("db-look-row")) return next;
  const made = document.createElement("tr");
  made.className = "db-look-row";
  made.append(document.createElement("td"));
  made.firstElementChild.colSpan = row.cells.length;
  row.after(made);
  return made;
}

function toggle(link) {
  const row = link.closest("tr");
  const open = link.getAttribute("aria-expanded") !== "true";
  link.setAttribute("aria-expanded", String(open));
  if (!open) {
    place(row).remove();
    return;
  }
  const cell = place(row).firstElementChild;
  cell.textContent = "正在读取";
  window.htmx.ajax("GET", link.href, { target: cell, swap: "innerHTML" });
}

function name(hint) {
  hint.querySelector("[data-db-keys]").textContent = off ? "启用快捷键" : "关闭快捷键";
}

document.addEventListener("click", (event) => {
  const plain = !event.ctrlKey && !event.metaKey && !event.shiftKey;
  const link = event.target.closest?.("[data-db-look]");
  if (link && plain) {
    event.preventDefault();
    toggle(link);
  }
  const button = event.target.closest?.("[data-db-keys]");
  if (!button) return;
  off = !off;
  name(button.parentElement);
  try {
    localStorage.setItem(KEPT, off ? "1" : "0");
  } catch {
    // The choice then lasts for this page.
  }
});

document.querySelectorAll("[data-db-look]").forEach((link) => {
  link.setAttribute("aria-expanded", "false");
});

document.addEventListener("keydown", (event) => {
  if (!list || off || event.defaultPrevented) return;
  if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
  const onRow = rows().indexOf(document.activeElement) >= 0;
  if (event.key === "/") {
    event.preventDefault();
    const box = document.getElementById("filter-q");
    box?.focus();
    box?.select();
  } else if (event.key in STEPS && (onRow || !event.key.startsWith("Arrow"))) {
    event.preventDefault();
    move(STEPS[event.key]);
  } else if (event.key === " " && onRow) {
    event.preventDefault();
    document.activeElement.closest("tr").querySelector("[data-db-look]")?.click();
  }
});

document.querySelectorAll(".db-keys").forEach(name);
