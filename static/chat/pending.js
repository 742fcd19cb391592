// Bubbles of what is on its way, below the lines: 发送中, or why not, with another try and the way back into the box.
import { lineOf } from "./render.js";

export class Pending {
  /** `retry(uuid)`, `cancel(uuid)` and `edit(uuid)` do what the buttons say. */
  constructor(list, author, acts) {
    Object.assign(this, { list, author, acts });
    list.addEventListener("click", ({ target }) => {
      const act = target.dataset.act;
      if (act) acts[act](target.closest("[data-pending]").dataset.pending);
    });
  }

  find(uuid) {
    return this.list.querySelector(`[data-pending="${uuid}"]`);
  }

  remove(uuid) {
    this.find(uuid)?.remove();
  }

  /** Draw an entry of the outbox or of the files; return whether it was not there before. */
  show(entry, words, part = null) {
    const old = this.find(entry.uuid);
    const line = old ?? this.#drawn(entry);
    const failed = entry.state === "failed";
    line.classList.toggle("line--failed", failed);
    const state = line.querySelector("[data-state]");
    state.replaceChildren(failed ? `⚠ 发送失败：${words}` : words || "发送中…");
    if (failed) state.append(button("retry", "点击重试"), ...(entry.file ? [] : [button("edit", "编辑")]));
    if (failed || entry.file) state.append(button("cancel", failed ? "删除" : "取消"));
    const bar = line.querySelector("progress");
    if (bar) {
      bar.hidden = failed;
      bar.value = part ?? bar.value;
    }
    if (!old) this.list.append(line);
    return !old;
  }

  #drawn(entry) {
    const body = entry.file ? entry.file.name : entry.body;
    const line = lineOf({ kind: "text", author: this.author, body, reply: entry.reply }, this.author.user);
    line.dataset.pending = entry.uuid;
    const state = document.createElement("span");
    state.dataset.state = "";
    line.querySelector("[data-foot]").append(state);
    if (entry.file) {
      const bar = Object.assign(document.createElement("progress"), { max: 1, value: 0 });
      bar.setAttribute("aria-label", `正在发送 ${entry.file.name}`);
      line.querySelector("[data-bubble]").append(bar);
    }
    return line;
  }
}

function button(act, words) {
  const made = Object.assign(document.createElement("button"), { type: "button", textContent: words });
  made.dataset.act = act;
  return made;
}
