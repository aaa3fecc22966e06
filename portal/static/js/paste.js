// Pasting from Word: what comes with the words and is none of them goes. Fields take plain text, so
// styles are gone already; left are blanks of all kinds, tabs of tables, signs of lists, soft breaks.
const BULLETS = /^[ \t\u00a0]*[\uf000-\uf0ff\u25cf\u25a0\u25c6\u25cb\u2022\u00b7][ \t\u00a0]+/gm;

function tidy(text, oneLine) {
  const plain = text
    .replace(/\r\n?|\v|\f|\u2028|\u2029/g, "\n")
    .replace(BULLETS, "")
    .replace(/[\u00a0\u2000-\u200a\u202f\u205f]/g, " ")
    .replace(/[\u200b-\u200f\u2060\ufeff\u00ad]/g, "")
    // A tab after the sign of a list is a blank, between the cells of a row a wide one.
    .replace(/^([ \u3000]*(?:[0-9]+[.、]|[(（][0-9一二三四五六七八九十]+[)）]|[一二三四五六七八九十]+、))\t+/gm, "$1")
    .replace(/[ \t]*\t[ \t]*/g, "\u3000")
    .replace(/ {2,}/g, " ")
    .replace(/[ \u3000]+$/gm, "")
    .replace(/\n{3,}/g, "\n\n")
    .replace(/([\u4e00-\u9fff])[\u2022\u30fb\u2027\u2219\u22c5\uff65](?=[\u4e00-\u9fff])/g, "$1\u00b7")
    .trim();
  return oneLine ? plain.replace(/\s*\n\s*/g, " ") : plain;
}

document.addEventListener("paste", (event) => {
  const box = event.target;
  if (!box.matches?.('form[method="post"] textarea, form[method="post"] input[type="text"]')) return;
  const given = event.clipboardData?.getData("text/plain") ?? "";
  const wanted = tidy(given, box.matches("input"));
  if (!wanted || wanted === given) return;
  event.preventDefault();
  // This way it can be undone as what was typed can; Firefox of old knows only the other.
  if (document.execCommand("insertText", false, wanted)) return;
  box.setRangeText(wanted, box.selectionStart, box.selectionEnd, "end");
  box.dispatchEvent(new Event("input", { bubbles: true }));
});
