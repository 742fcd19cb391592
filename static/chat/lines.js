// The lines that are shown: in the order of their numbers, each once, under the days they were said on.
import { last } from "../bandian/fallbacks.js";
import { filled, lineOf } from "./render.js";

export class Lines {
  /** `readsPattern` says how many have read a line. */
  constructor(list, me, readsPattern) {
    Object.assign(this, { list, me, readsPattern });
  }

  get seqs() {
    return this.#all().map((line) => Number(line.dataset.seq));
  }

  get first() {
    return this.seqs[0] ?? 0;
  }

  get last() {
    return last(this.seqs) ?? 0;
  }

  /** Show a message; return its element where it was not shown before, else null. */
  put(message) {
    const line = lineOf(message, this.me);
    const old = this.find(message.seq);
    if (message.recalled) this.#forgetQuotes(message);
    if (old) {
      const state = old.querySelector("[data-state]")?.textContent;
      old.replaceWith(line);
      if (state && line.querySelector("[data-state]")) line.querySelector("[data-state]").textContent = state;
      return null;
    }
    const before = last(this.#all().filter((each) => Number(each.dataset.seq) < message.seq));
    const waiting = this.list.querySelector("[data-pending]");
    if (before) before.after(line);
    else if (waiting) waiting.before(line);
    else this.list.append(line);
    return line;
  }

  /** Show a page of older or newer messages. */
  putAll(messages) {
    for (const message of messages) {
      if (this.find(message.seq)) continue;
      const line = lineOf(message, this.me);
      const next = this.#all().find((each) => Number(each.dataset.seq) > message.seq);
      if (next) next.before(line);
      else this.list.append(line);
    }
    this.nameDays();
  }

  find(seq) {
    return seq ? this.list.querySelector(`.line[data-seq="${seq}"]`) : null;
  }

  /** Put the day over the first line of each. */
  nameDays() {
    for (const day of this.list.querySelectorAll("[data-day-of]")) day.remove();
    let shown = "";
    for (const line of this.#all()) {
      if (line.dataset.day === shown) continue;
      shown = line.dataset.day;
      const day = Object.assign(document.createElement("li"), { className: "chat__day", textContent: shown });
      day.dataset.dayOf = shown;
      line.before(day);
    }
  }

  /** Say of one's own lines how many of the others have read them. */
  showReads(members) {
    const others = members.filter(({ user }) => user !== this.me);
    for (const state of this.list.querySelectorAll(".line--mine[data-seq]:not([data-pending]) [data-state]")) {
      const seq = Number(state.closest("[data-seq]").dataset.seq);
      const read = others.filter((member) => member.read >= seq).length;
      state.textContent = others.length ? filled(this.readsPattern, { read, others: others.length }) : "";
    }
  }

  #all() {
    return [...this.list.querySelectorAll(".line[data-seq]")].filter((line) => line.dataset.seq);
  }

  #forgetQuotes({ seq, summary }) {
    for (const quote of this.list.querySelectorAll(`[data-quote="${seq}"] [data-quote-text]`)) {
      quote.textContent = summary;
    }
  }
}
