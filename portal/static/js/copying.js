// A button copies the text of a box; where the browser refuses, the text stands selected.
async function copy(button) {
  const box = document.getElementById(button.dataset.dbCopy);
  if (!box) return;
  box.focus();
  box.select();
  let done = false;
  try {
    await navigator.clipboard.writeText(box.value);
    done = true;
  } catch {
    // Without https there is no clipboard; the older way works on the selected text.
    done = document.execCommand("copy");
  }
  const said = button.querySelector("[data-db-copy-said]");
  if (done && said) said.textContent = said.dataset.dbCopySaid;
}

document.addEventListener("click", (event) => {
  const button = event.target.closest?.("[data-db-copy]");
  if (button) copy(button);
});
