// Runs before the page is drawn: marks that scripts run, and keeps the chosen width of the navigation.
(() => {
  const root = document.documentElement;
  root.classList.add("db-js");
  try {
    const kept = localStorage.getItem("db-rail");
    if (kept) root.classList.add(`db-nav-${kept}`);
  } catch {
    // Storage may be closed by policy; the page's own width then stands.
  }
})();
