// HTMX when something goes wrong: the portal's own notices go to the corner, silence gets words.
function say(text) {
  document.dispatchEvent(new CustomEvent("db:toast", { detail: { text, kind: "error" } }));
}

document.addEventListener("htmx:beforeSwap", (event) => {
  const { xhr } = event.detail;
  if (xhr.status >= 400 && xhr.getResponseHeader("HX-Retarget")) event.detail.shouldSwap = true;
});

document.addEventListener("htmx:responseError", (event) => {
  const { xhr } = event.detail;
  if (xhr.getResponseHeader("HX-Retarget")) return;
  // A proxy before the portal answers 413 in its own words.
  say(xhr.status === 413
    ? "文件过大，内容未丢失，请压缩、拆分文件，或分次提交。"
    : "系统暂时无法处理，内容未丢失，请稍后重试。");
});

["htmx:sendError", "htmx:timeout"].forEach((name) => {
  document.addEventListener(name, () => say("网络中断，内容未丢失，请稍后重试。"));
});

// What renews itself waits while somebody is at it: the focus would be lost with the old part.
document.addEventListener("htmx:beforeRequest", (event) => {
  const { elt } = event.detail;
  if (!elt.getAttribute("hx-headers")?.includes("Portal-Unattended")) return;
  const parts = elt.getAttribute("hx-select-oob") || (elt.id && `#${elt.id}`);
  if (parts && document.activeElement?.closest(parts)) event.preventDefault();
});
