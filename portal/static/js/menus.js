// Menus are <details>: this closes them on Escape and outside clicks; the rail, Ctrl K and printing.
const menus = () => document.querySelectorAll("details[data-db-menu][open]");

document.addEventListener("click", (event) => {
  menus().forEach((menu) => {
    if (!menu.contains(event.target)) menu.open = false;
  });
  const target = event.target.closest?.("[data-db-print], [data-db-rail]");
  if (!target) return;
  if (target.matches("[data-db-print]")) window.print();
  else toggleRail();
});

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") {
    menus().forEach((menu) => {
      menu.open = false;
      menu.querySelector("summary").focus();
    });
  }
  if (event.key.toLowerCase() === "k" && (event.ctrlKey || event.metaKey)) {
    const search = document.querySelector("[data-db-search]");
    if (!search || !search.offsetParent) return;
    event.preventDefault();
    search.focus();
    search.select();
  }
});

function toggleRail() {
  const root = document.documentElement;
  const side = document.querySelector(".db-side");
  const next = side && side.offsetWidth > 100 ? "rail" : "open";
  root.classList.remove("db-nav-rail", "db-nav-open");
  root.classList.add(`db-nav-${next}`);
  try {
    localStorage.setItem("db-rail", next);
  } catch {
    // Storage may be closed by policy; the choice then lasts for this page.
  }
}
