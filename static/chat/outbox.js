// What was written and is not on the server yet: kept over reloads, sent in order, always under the same UUID.
import { newUuid } from "../bandian/fallbacks.js";
import { send, wordsOf } from "./server.js";

const GIVE_UP_MS = 10 * 60 * 1000; // after that nothing is sent without being asked for
const LONGEST_MS = 30000;

export class Outbox {
  /** `show(entry)` draws an entry's state, `sent(message, entry)` takes what the server has. */
  constructor(key, { show, sent }) {
    Object.assign(this, { key, show, sent, entries: [], failures: 0, timer: null, busy: false });
    try {
      this.entries = JSON.parse(localStorage.getItem(key) ?? "[]");
    } catch {
      // no storage here: what is waiting lives as long as the page
    }
    for (const entry of this.entries) this.#show(entry, isOld(entry) ? "failed" : "waiting", isOld(entry) && "没有发出");
    window.addEventListener("online", () => this.pump(true));
  }

  add(entry) {
    const whole = { uuid: newUuid(), created: Date.now(), ...entry };
    this.entries.push(whole);
    this.#keep();
    this.#show(whole, "waiting");
    this.pump();
  }

  retry(uuid) {
    const entry = this.entries.find((each) => each.uuid === uuid);
    if (!entry) return;
    entry.created = Date.now();
    this.#show(entry, "waiting");
    this.pump(true);
  }

  /** Forget an entry, e.g. because the server has it; return it. */
  drop(uuid) {
    const found = this.entries.find((each) => each.uuid === uuid);
    this.entries = this.entries.filter((each) => each.uuid !== uuid);
    if (found) this.#keep();
    return found;
  }

  async pump(atOnce = false) {
    if (this.busy || (this.timer && !atOnce)) return;
    clearTimeout(this.timer);
    this.timer = null;
    this.busy = true;
    let entry;
    while ((entry = this.entries.find(({ state }) => state === "waiting")) && !this.timer) await this.#try(entry);
    this.busy = false;
  }

  async #try(entry) {
    if (isOld(entry)) return this.#show(entry, "failed", "超过 10 分钟没有发出");
    const { uuid, body, reply, mentions } = entry;
    const answer = await send("messages/", { uuid, body, reply_to: reply?.id ?? "", mentions: mentions ?? [] });
    if (!this.entries.includes(entry)) return; // the socket was quicker, or it was given up
    if (answer.status === 200 || answer.status === 201) {
      this.failures = 0;
      this.drop(uuid);
      return this.sent(answer.data.message, entry);
    }
    if (answer.status && answer.status < 500 && answer.status !== 429) {
      return this.#show(entry, "failed", wordsOf(answer));
    }
    const wait = Math.max(answer.wait * 1000 || 0, Math.min(LONGEST_MS, 1000 * 2 ** this.failures));
    this.failures += 1;
    this.#show(entry, "waiting", answer.status === 429 ? wordsOf(answer) : "");
    this.timer = setTimeout(() => this.pump(true), wait + Math.random() * 1000);
  }

  #show(entry, state, words = "") {
    entry.state = state;
    this.show(entry, words || "");
  }

  #keep() {
    try {
      localStorage.setItem(this.key, JSON.stringify(this.entries));
    } catch {
      // as above
    }
  }
}

const isOld = (entry) => Date.now() - entry.created > GIVE_UP_MS;
