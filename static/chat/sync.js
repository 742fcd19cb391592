// Keeps the room complete: the socket hints, and whatever is missed is asked for. The number of the last change that
// is known here tells whether something is missing.
import { isSure, live, someTime } from "../notifications/live.js";
import { ask } from "./server.js";

const TAIL_MS = 45000; // with a socket, in case the very last hint was lost
const POLL_MS = 5000; // without one that answers, and after a question without an answer
const HIDDEN_MS = 30000;
const STUCK_MS = 2000; // a question that waits so long was maybe sent down a dead connection

export class Sync {
  /** `take(messages)` shows what came, `tell(state)` the rest of an answer, `gone(status)` that no more will come. */
  constructor({ room, change, take, tell, gone }) {
    Object.assign(this, { room, change, take, tell, gone, running: null, again: false, behind: false, timer: null, over: false });
    Object.assign(this, { asking: null, begunAt: 0, endedAt: Date.now() });
    live.addEventListener("chat", ({ detail }) => detail.room === room && this.hear(detail));
    live.addEventListener("open", () => this.run());
    live.addEventListener("sync", () => someTime().then(() => this.run()));
    for (const event of ["shut", "sure"]) live.addEventListener(event, () => this.#later());
    live.addEventListener("back", () => {
      if (this.loggedOut) this.over = false; // maybe no longer
      if (this.running && Date.now() - this.begunAt > STUCK_MS) this.asking?.abort();
      this.run();
    });
    this.#later();
  }

  /** Take a hint, or the answer to one's own message: the next change is shown, any other gap is asked for. */
  hear({ change, message }) {
    if (change <= this.change) return;
    const mayChangeMore = message.kind === "system"; // who is in, whether it is open
    if (change === this.change + 1 && !this.running && !mayChangeMore) {
      this.change = change;
      this.take([message]);
    } else this.run();
  }

  async run() {
    if (this.over) return;
    this.again = Boolean(this.running);
    this.running ??= this.#all().finally(() => {
      this.running = null;
      this.endedAt = Date.now();
      this.#later();
      if (this.again) this.run();
    });
    await this.running;
  }

  async #all() {
    this.behind = true;
    for (;;) {
      this.asking = new AbortController();
      this.begunAt = Date.now();
      const { status, data } = await ask("sync/", { after: this.change }, this.asking);
      if (status === 401 || status === 404) {
        this.over = true;
        this.loggedOut = status === 401;
        this.gone(status);
        return;
      }
      if (status !== 200) return;
      this.change = Math.max(this.change, data.upto);
      this.take(data.messages);
      this.tell(data);
      this.behind = data.more;
      if (!data.more) return;
    }
  }

  /** Ask again so long after the last answer: counted from there, for a socket that comes and goes must not put it off. */
  #later() {
    clearTimeout(this.timer);
    if (this.over || this.running) return;
    const hidden = document.visibilityState === "hidden";
    const wait = isSure() && !this.behind ? TAIL_MS : hidden ? HIDDEN_MS : POLL_MS;
    this.timer = setTimeout(() => this.run(), Math.max(0, this.endedAt + wait - Date.now()));
  }
}
