// Choosing a unit by typing: characters, pinyin, first letters, any of its names. A list of ticks gets
// a field that narrows it; a native choice gets a combobox in its place and keeps the value.
// Without scripts both are what they are.
const MANY = 7;

// As portal/readings.py: a pattern over "JiaoWuChu" that may leave out the rest of any syllable.
function pattern(letters) {
  const rest = [...letters.slice(1)].map((one) => `(?:${one}|[a-z]*${one.toUpperCase()})`);
  return new RegExp(letters[0].toUpperCase() + rest.join(""));
}

// Characters in their order, from the first on: 后勤处 of 后勤与国有资产管理处.
function abbreviates(word, name) {
  if (word.length < 2 || !name.startsWith(word[0])) return false;
  let at = 0;
  return [...word].every((character) => {
    at = name.indexOf(character, at) + 1;
    return at > 0;
  });
}

function meets(reading, label, typed) {
  const word = typed.replace(/\s+/g, "");
  if (!word || label.includes(word)) return true;
  const said = reading.split("|");
  if (said.some((name) => name.includes(word))) return true;
  const letters = word.toLowerCase().replace(/ü/g, "v");
  if (/^[a-z]{2,40}$/.test(letters)) return pattern(letters).test(reading);
  return said.some((name) => abbreviates(word, name));
}

function field(label) {
  const box = document.createElement("input");
  box.type = "text";
  box.className = "form-control";
  box.autocomplete = "off";
  box.maxLength = 40;
  box.placeholder = "名称、拼音或首字母";
  box.setAttribute("aria-label", label);
  return box;
}

function narrowTicks(group) {
  const rows = [...group.querySelectorAll("[data-db-reading]")];
  if (rows.length <= MANY || group.querySelector(".db-narrow")) return;
  const box = field(`按名称或拼音查找${group.querySelector("legend").firstChild.textContent.trim()}`);
  const line = document.createElement("div");
  line.className = "db-narrow";
  line.append(box);
  group.querySelector("legend").after(line);
  box.addEventListener("input", (event) => {
    // It chooses nothing: neither a proposal nor the mark of changes follows from it.
    event.stopPropagation();
    rows.forEach((row) => {
      const ticked = row.querySelector("input").checked;
      row.hidden = !ticked && !meets(row.dataset.dbReading, row.textContent.trim(), box.value);
    });
  });
  box.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    const left = rows.filter((row) => !row.hidden && !row.querySelector("input").checked);
    if (left.length === 1) left[0].querySelector("input").click();
    box.value = "";
    box.dispatchEvent(new Event("input"));
  });
}

function option(entry, number, list) {
  const row = document.createElement("div");
  row.className = "db-suggest-option";
  row.setAttribute("role", "option");
  row.setAttribute("aria-selected", "false");
  row.id = `${list.id}-${number}`;
  row.dataset.dbValue = entry.label;
  row.textContent = entry.label;
  return row;
}

function combine(select) {
  const entries = [...select.options].filter((one) => one.dataset.dbReading);
  if (entries.length <= MANY || select.dataset.dbCombined) return;
  select.dataset.dbCombined = "1";
  const label = document.querySelector(`label[for="${CSS.escape(select.id)}"]`);
  const box = field(label ? label.textContent.trim() : "单位");
  box.className = "form-select";
  box.id = `${select.id}-typed`;
  box.dataset.dbCombo = `${select.id}-found`;
  const list = document.createElement("div");
  list.className = "db-suggest";
  list.id = box.dataset.dbCombo;
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", "可选单位");
  list.hidden = true;
  for (const name of ["aria-describedby", "aria-invalid"]) {
    if (select.hasAttribute(name)) box.setAttribute(name, select.getAttribute(name));
  }
  const chosen = () => (select.selectedOptions[0]?.dataset.dbReading ? select.selectedOptions[0].label : "");
  box.value = chosen();
  if (label) {
    label.htmlFor = box.id;
    box.removeAttribute("aria-label");
  }
  select.before(box);
  select.after(list);
  select.closest(".db-field").classList.add("db-combo");
  box.dispatchEvent(new CustomEvent("db:combo", { bubbles: true }));
  select.classList.add("db-select-kept");
  select.tabIndex = -1;
  select.setAttribute("aria-hidden", "true");
  select.addEventListener("focus", () => box.focus());
  const fill = (typed) => {
    const found = entries.filter((one) => meets(one.dataset.dbReading, one.label, typed));
    list.replaceChildren(...found.map((one, number) => option(one, number, list)));
    list.dispatchEvent(new CustomEvent("db:filled", { bubbles: true }));
  };
  box.addEventListener("focus", () => {
    box.select();
    fill("");
  });
  box.addEventListener("input", (event) => {
    event.stopPropagation();
    fill(box.value);
  });
  box.addEventListener("keydown", (event) => {
    // Enter takes the one that is left; it does not send the form.
    if (event.key !== "Enter" || event.defaultPrevented || event.isComposing) return;
    event.preventDefault();
    box.dispatchEvent(new Event("change"));
  });
  box.addEventListener("change", () => {
    const meant = entries.find((one) => one.label === box.value)
      || (list.children.length === 1 && entries.find((one) => one.label === list.children[0].dataset.dbValue));
    if (meant && !meant.selected) {
      meant.selected = true;
      select.dispatchEvent(new Event("input", { bubbles: true }));
      select.dispatchEvent(new Event("change", { bubbles: true }));
    }
    box.value = chosen();
  });
}

function prepare(root) {
  root.querySelectorAll("fieldset.db-choice").forEach(narrowTicks);
  root.querySelectorAll("select.form-select[id]").forEach(combine);
}

document.addEventListener("htmx:afterSwap", (event) => prepare(event.detail.target));
prepare(document);
