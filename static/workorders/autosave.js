// Saves a form while it is filled in: <form data-autosave="url">, told in [data-autosave-status]. Answer: 2xx, or JSON
// {"version": n} for a hidden input "version"; 409 when the same draft was changed elsewhere.
const DELAY_MS = 1500;

function setUp(form) {
  const status = form.querySelector("[data-autosave-status]");
  let timer = null;
  let saving = false;
  let stopped = false;
  let dirty = false;

  function say(text, wrong = false) {
    status.textContent = text;
    status.dataset.state = wrong ? "error" : "";
  }

  function body() {
    const data = new FormData(form);
    for (const { type, name } of form.elements) if (type === "file") data.delete(name);
    return data;
  }

  async function save() {
    clearTimeout(timer);
    if (!dirty || stopped) return;
    if (saving) {
      timer = setTimeout(save, DELAY_MS);
      return;
    }
    dirty = false;
    saving = true;
    const headers = { "X-Requested-With": "XMLHttpRequest", Accept: "application/json" };
    // keepalive outlives the page, but browsers cap its size.
    const request = { method: "POST", body: body(), headers, keepalive: document.hidden, redirect: "error" };
    const answer = await fetch(form.dataset.autosave, request).catch(() => null);
    saving = false;
    if (stopped) return;
    if (answer?.ok) {
      const { version } = await answer.json().catch(() => ({}));
      if (version !== undefined && form.elements.version) form.elements.version.value = version;
      const time = new Date().toLocaleTimeString("zh-CN", { hour: "2-digit", minute: "2-digit", hour12: false });
      say(`已保存 ${time}`);
    } else if (answer?.status === 409) {
      stopped = true;
      say("这份草稿在别处改过。请先复制这里的内容，再刷新页面查看。", true);
    } else {
      dirty = true;
      say(answer ? "未保存，请稍后再试" : "未保存，网络不通", true);
    }
  }

  form.addEventListener("input", () => {
    dirty = true;
    clearTimeout(timer);
    timer = setTimeout(save, DELAY_MS);
  });
  document.addEventListener("visibilitychange", () => document.hidden && save());
  window.addEventListener("online", save);
  document.addEventListener("submit", (event) => {
    if (event.target !== form || event.defaultPrevented) return;
    stopped = true; // what is submitted needs no draft, and a late one must not overtake it
    clearTimeout(timer);
  });
  window.addEventListener("pageshow", ({ persisted }) => {
    if (persisted) stopped = false;
  });
}

document.querySelectorAll("form[data-autosave]").forEach(setUp);
