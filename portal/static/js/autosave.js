// 自动保存: the texts of a form are saved on the server every 30 seconds while they change, and offered
// again when the form is opened anew. Nothing of them is kept in the browser.
const EVERY = 30000;
const PAGE = windowId();
const states = new Map();

// A form's texts go with its address, and with the act where one address takes several.
function place(form) {
  const act = form.querySelector('input[type="hidden"][name="act"]')?.value;
  return new URL(form.action, window.location).pathname + (act ? `#${act}` : "");
}

function windowId() {
  const hex = [...crypto.getRandomValues(new Uint8Array(16))].map((one) => one.toString(16).padStart(2, "0"));
  return hex.join("");
}

const boxes = (form) => [...form.querySelectorAll('textarea[name], input[type="text"][name]')];

function textsOf(form) {
  return Object.fromEntries(boxes(form).map((box) => [box.name, box.value]));
}

function note(form, text, ...buttons) {
  let line = form.querySelector(".db-autosave");
  if (!line) {
    line = document.createElement("p");
    line.className = "db-autosave";
    line.setAttribute("role", "status");
    const foot = form.querySelector(".db-form-foot, .db-act-buttons");
    if (foot) foot.append(line);
    else form.append(line);
  }
  line.textContent = text;
  buttons.forEach(([label, act]) => {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "btn db-btn-plain btn-sm";
    button.textContent = label;
    button.addEventListener("click", act);
    line.append(button);
  });
}

function send(form, address, values, quick) {
  const body = new URLSearchParams({ csrf_token: form.querySelector('[name="csrf_token"]').value, ...values });
  // HX-Request: a session that has ended answers 401, not with the sign-in page.
  return fetch(address, { method: "POST", body, headers: { "HX-Request": "true" }, keepalive: quick });
}

async function save(form, quick = false) {
  const state = states.get(form);
  const now = JSON.stringify(textsOf(form));
  if (!form.isConnected || form.dataset.dbSent || now === state.saved || state.busy || state.offered) return;
  state.busy = true;
  try {
    const answer = await send(form, "/typed", {
      place: place(form), texts: now, window: PAGE, seen: state.version,
    }, quick);
    await tell(form, state, now, answer);
  } catch {
    note(form, "网络中断，尚未自动保存，内容仍在本页。");
  } finally {
    state.busy = false;
  }
}

async function tell(form, state, now, answer) {
  if (answer.status === 401) {
    const kept = answer.headers.has("Portal-Kept");
    if (kept) state.saved = now;
    note(form, kept
      ? "登录已结束，内容已为您保留，重新登录后打开本页即可恢复。"
      : "登录已结束，尚未自动保存。请在新窗口登录，并复制本页内容。");
    return;
  }
  const said = answer.headers.get("Content-Type")?.includes("json") ? await answer.json() : {};
  if (answer.ok) {
    state.saved = now;
    state.version = said.version;
    note(form, `已于${said.at}自动保存`);
    form.dispatchEvent(new CustomEvent("db:saved", { bubbles: true }));
  } else if (answer.status === 409) {
    const overwrite = () => {
      state.version = said.version;
      save(form);
    };
    note(form, `另一窗口已于${said.at}保存了不同内容，本页内容尚未保存。`, ["以本页内容为准", overwrite]);
  } else if (answer.status === 422 && said.said) {
    state.saved = now;
    note(form, said.said);
  } else {
    note(form, "尚未自动保存，内容仍在本页。");
  }
}

function restore(form, kept) {
  boxes(form).forEach((box) => {
    if (kept.texts[box.name] === undefined) return;
    box.value = kept.texts[box.name];
    box.dispatchEvent(new Event("input", { bubbles: true }));
  });
  const state = states.get(form);
  state.saved = JSON.stringify(textsOf(form));
  state.offered = false;
  note(form, `已恢复${kept.at}自动保存的内容`);
}

function offer(form, kept) {
  const state = states.get(form);
  state.version = kept.version;
  const differs = boxes(form).some((box) => kept.texts[box.name] !== undefined && kept.texts[box.name] !== box.value);
  if (!differs) return;
  // Until it is decided what becomes of the older text, nothing is written over it.
  state.offered = true;
  const fold = form.closest("details");
  if (fold) fold.open = true;
  note(form, `有${kept.at}自动保存、尚未提交的内容。`, ["恢复", () => restore(form, kept)], ["舍弃", async () => {
    await send(form, "/typed/removal", { place: kept.place });
    state.offered = false;
    note(form, "已舍弃自动保存的内容");
  }]);
}

async function ask(forms) {
  const wanted = new URLSearchParams(forms.map((form) => ["place", place(form)]));
  try {
    const answer = await fetch(`/typed?${wanted}`, { headers: { "HX-Request": "true", "Portal-Unattended": "1" } });
    if (!answer.ok) return;
    const found = await answer.json();
    forms.forEach((form) => {
      const kept = found.find((one) => one.place === place(form));
      if (kept) offer(form, kept);
    });
  } catch {
    // Without the network there is nothing to offer; typing goes on.
  }
}

// Administrators write nothing about items, and nothing of theirs is kept; they have no search either.
const keeps = document.querySelector("[data-db-search]") !== null;

function prepare(root) {
  if (!keeps) return;
  const fresh = [...root.querySelectorAll('form[method="post"]')].filter((form) => (
    !states.has(form) && form.querySelector("textarea[name]") && form.querySelector('[name="csrf_token"]')
  ));
  fresh.forEach((form) => states.set(form, { saved: JSON.stringify(textsOf(form)), version: 0, busy: false, offered: false }));
  if (fresh.length) ask(fresh);
}

const each = (quick) => states.forEach((_state, form) => save(form, quick));

setInterval(each, EVERY, false);
window.addEventListener("online", () => each(false));
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "hidden") each(true);
});
document.addEventListener("htmx:afterSwap", (event) => prepare(event.detail.target));
prepare(document);
