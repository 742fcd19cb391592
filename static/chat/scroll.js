// Where the reader is: stays at the end while they are there, loads older lines above, and marks what was read.
import { isSure, live } from "../notifications/live.js";
import { ask, send } from "./server.js";

const NEAR = 80;
const READ_AFTER_MS = 800;

export class Scroll {
  constructor(root, lines) {
    const part = (name) => root.querySelector(`[data-${name}]`);
    Object.assign(this, { root, lines, log: part("log"), older: part("older"), button: part("newest") });
    this.words = part("newest-text");
    this.read = Number(root.dataset.read);
    this.behind = "behind" in root.dataset;
    this.missed = 0;
    this.log.addEventListener("scroll", () => this.#moved(), { passive: true });
    this.button.addEventListener("click", () => this.toEnd());
    this.older.querySelector("a").addEventListener("click", (event) => {
      event.preventDefault();
      this.loadOlder();
    });
    new IntersectionObserver(([entry]) => entry.isIntersecting && this.loadOlder(), { root: this.log }).observe(
      this.older,
    );
    document.addEventListener("visibilitychange", () => this.#markRead());
    new ResizeObserver(() => this.#moved()).observe(this.log);
    this.#start();
  }

  get isAtEnd() {
    return this.log.scrollHeight - this.log.scrollTop - this.log.clientHeight < NEAR;
  }

  /** Call after lines were added at the end; `own`: one of them is the reader's. */
  added(count, own, wasAtEnd) {
    if (own || wasAtEnd) this.#end();
    else this.missed += count;
    this.#moved();
  }

  toEnd() {
    if (this.behind) location.assign(`${this.root.dataset.url}#end`);
    else {
      this.#end();
      this.#moved();
    }
  }

  show(seq) {
    const line = this.lines.find(seq);
    if (!line) return false;
    line.scrollIntoView({ block: "center" });
    line.classList.add("line--found");
    setTimeout(() => line.classList.remove("line--found"), 2000);
    return true;
  }

  async loadOlder() {
    if (this.loading || this.older.hidden) return;
    this.loading = true;
    const { status, data } = await ask("history/", { before: this.lines.first });
    if (status === 200) {
      const height = this.log.scrollHeight;
      this.lines.putAll(data.messages);
      this.older.hidden = !data.has_older;
      this.log.scrollTop += this.log.scrollHeight - height;
    }
    this.loading = false;
  }

  #start() {
    const seq = Number(/^#m(\d+)$/.exec(location.hash)?.[1]);
    const divider = this.root.querySelector("[data-divider]");
    if (seq && this.show(seq)) this.#moved();
    else if (divider && !this.behind) divider.scrollIntoView({ block: "start" });
    else if (!this.behind) this.#end();
    this.#moved();
  }

  #end() {
    this.log.scrollTop = this.log.scrollHeight;
  }

  #moved() {
    // The keyboard came or went: who was at the end stays there. The event of scrolling may come before that of the size.
    const { clientHeight } = this.log;
    if (this.stick && clientHeight !== this.height) this.#end();
    this.height = clientHeight;
    this.stick = this.isAtEnd && !this.behind;
    if (this.stick) this.missed = 0;
    this.button.hidden = this.stick;
    this.words.textContent = this.missed ? `${this.missed} 条新消息` : "最新消息";
    this.#markRead();
  }

  #markRead() {
    clearTimeout(this.timer);
    if (!("member" in this.root.dataset) || !this.stick || document.visibilityState === "hidden") return;
    const seq = this.lines.last;
    if (seq <= this.read) return;
    this.timer = setTimeout(async () => {
      const { status } = await send("read/", { seq });
      if (status !== 200) return;
      this.read = Math.max(this.read, seq);
      if (!isSure()) live.dispatchEvent(new Event("unheard")); // the number of unread messages, told by the socket else
    }, READ_AFTER_MS);
  }
}
