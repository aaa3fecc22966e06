// Files: dropped or chosen, listed with their sizes, taken out again; sent with progress, cancelled and
// sent again (forms that HTMX sends). The field stays a field of files: without scripts the form works.
const MB = 1024 * 1024;
const EACH = 50 * MB;
const TOGETHER = 100 * MB;

const size = (bytes) => (bytes < MB ? `${Math.max(1, Math.round(bytes / 1024))} KB` : `${(bytes / MB).toFixed(1)} MB`);
const fields = (form) => [...form.querySelectorAll('input[type="file"]')];
const boxOf = (input) => input.parentElement.querySelector(".db-drop");

function element(name, className, text = "") {
  const made = document.createElement(name);
  made.className = className;
  made.textContent = text;
  return made;
}

function button(text, act) {
  const made = element("button", "btn db-btn-plain btn-sm", text);
  made.type = "button";
  made.addEventListener("click", act);
  return made;
}

function put(input, files) {
  const bag = new DataTransfer();
  files.forEach((file) => bag.items.add(file));
  input.files = bag.files;
  input.dispatchEvent(new Event("change", { bubbles: true }));
}

const same = (one, other) => one.name === other.name && one.size === other.size && one.lastModified === other.lastModified;

// Dropped files come to those that are there; a field for one file takes the last.
function add(input, files) {
  const kept = input.multiple ? [...input.files] : [];
  const fresh = files.filter((file) => !kept.some((one) => same(one, file)));
  put(input, input.multiple ? [...kept, ...fresh] : fresh.slice(-1));
}

function wrong(files) {
  const large = files.find((file) => file.size > EACH);
  if (large) return `“${large.name}”超过50 MB，请压缩或拆分后再上传。`;
  const empty = files.find((file) => file.size === 0);
  if (empty) return `“${empty.name}”没有内容，请重新选择。`;
  const together = files.reduce((sum, file) => sum + file.size, 0);
  return together > TOGETHER ? "文件合计不超过100 MB，请压缩或分次提交。" : "";
}

function list(input) {
  const files = [...input.files];
  const rows = files.map((file) => {
    const row = element("li", "db-drop-file", `${file.name}　${size(file.size)}`);
    const away = button("移除", () => put(input, [...input.files].filter((one) => one !== file)));
    away.setAttribute("aria-label", `移除${file.name}`);
    row.append(away);
    return row;
  });
  const box = boxOf(input);
  box.querySelector("ul").replaceChildren(...rows);
  box.querySelector(".db-drop-wrong").textContent = wrong(files);
}

function prepareField(input) {
  if (boxOf(input) || input.disabled) return;
  const box = element("div", "db-drop");
  box.append(
    element("p", "db-drop-hint", input.multiple ? "可将多份文件拖到此处" : "可将文件拖到此处"),
    element("ul", "db-drop-files"),
    Object.assign(element("p", "db-drop-wrong"), { role: "alert" }),
  );
  input.after(box);
  input.addEventListener("change", () => list(input));
  ["dragenter", "dragover"].forEach((name) => box.addEventListener(name, (event) => {
    event.preventDefault();
    box.classList.add("db-drop-over");
  }));
  ["dragleave", "drop"].forEach((name) => box.addEventListener(name, () => box.classList.remove("db-drop-over")));
  box.addEventListener("drop", (event) => {
    event.preventDefault();
    add(input, [...event.dataTransfer.files]);
  });
}

// A file that misses the box would open in place of the page, and what was typed were gone.
["dragover", "drop"].forEach((name) => document.addEventListener(name, (event) => {
  if (event.dataTransfer?.types.includes("Files")) event.preventDefault();
}));

function bar(form) {
  let line = form.querySelector(".db-sending");
  if (!line) {
    line = element("div", "db-sending");
    line.setAttribute("role", "status");
    form.append(line);
  }
  return line;
}

const bytes = (form) => fields(form).flatMap((input) => [...input.files]).reduce((sum, file) => sum + file.size, 0);

function progress(form, loaded, total) {
  const line = bar(form);
  if (!line.querySelector("progress")) {
    const shown = element("progress", "");
    shown.setAttribute("aria-label", "上传进度");
    line.replaceChildren(element("span", ""), shown, button("取消上传", () => {
      form.dispatchEvent(new CustomEvent("htmx:abort", { bubbles: true }));
      stopped(form, "已取消上传，文件仍在列表中。");
    }));
  }
  const shown = line.querySelector("progress");
  shown.max = total;
  shown.value = loaded;
  const done = Math.floor((loaded / total) * 100);
  line.firstChild.textContent = done < 100 ? `正在上传，已完成${done}%` : "上传完毕，正在核对文件";
}

function stopped(form, text) {
  bar(form).replaceChildren(element("span", "", text), button("重新上传", () => {
    bar(form).remove();
    form.requestSubmit();
  }));
}

document.addEventListener("htmx:xhr:progress", (event) => {
  const form = event.target;
  const { loaded, total } = event.detail;
  // The answer makes progress, too; it is smaller than what was sent.
  if (form.matches("form") && bytes(form) > MB / 4 && total >= bytes(form)) progress(form, loaded, total);
});

["htmx:sendError", "htmx:timeout"].forEach((name) => document.addEventListener(name, (event) => {
  if (event.target.matches("form") && bytes(event.target)) stopped(event.target, "网络中断，文件未上传，仍在列表中。");
}));

document.addEventListener("submit", (event) => {
  const said = fields(event.target).map((input) => wrong([...input.files])).find(Boolean);
  if (!said) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  fields(event.target)[0].focus();
}, true);

function prepare(root) {
  root.querySelectorAll('form[method="post"] input[type="file"]').forEach(prepareField);
}

document.addEventListener("htmx:afterSwap", (event) => prepare(event.detail.target));
prepare(document);
