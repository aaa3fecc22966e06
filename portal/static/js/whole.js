// After an act the next page is put in place of this one, of which HTMX takes what is inside the body.
// How the body is framed and the scripts of that page belong to it as well: without the one a telephone
// kept the bars of a signature, which hide the navigation; without the other a page stood without its keys.
document.addEventListener("htmx:beforeSwap", (event) => {
  const { target, serverResponse, shouldSwap } = event.detail;
  if (target !== document.body || !shouldSwap || !serverResponse) return;
  const page = new DOMParser().parseFromString(serverResponse, "text/html");
  document.body.className = page.body.className;
  const nonce = document.querySelector("script[nonce]")?.nonce || "";
  page.head.querySelectorAll("script[src]").forEach((script) => {
    const src = script.getAttribute("src");
    if ([...document.scripts].some((one) => one.getAttribute("src") === src)) return;
    const made = document.createElement("script");
    made.nonce = nonce;
    made.type = script.type || "text/javascript";
    made.src = src;
    document.head.append(made);
  });
});
