// The box to write in: Enter sends where there is a real keyboard and no word is being composed; replies and mentions.
import { keepDraft } from "./draft.js";

const hasKeyboard = matchMedia("(hover: hover) and (pointer: fine)");
const MOST_ROWS = 6;

export class Composer {
  /** `say({body, reply, mentions})` takes what was written. */
  constructor(root, say) {
    const part = (name) => root.querySelector(`[data-${name}]`);
    Object.assign(this, { root, text: part("text"), replying: part("replying"), problem: part("problem") });
    Object.assign(this, { say, reply: null, named: new Map() });
    this.form = part("say");
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#send();
    });
    this.text.addEventListener("keydown", (event) => {
      const composing = event.isComposing || event.keyCode === 229;
      if (event.key !== "Enter" || event.shiftKey || composing || !hasKeyboard.matches) return;
      event.preventDefault();
      this.#send();
    });
    this.text.addEventListener("input", (event) => {
      this.#grow();
      if (event.data === "@" && part("mention")) part("mention").open = true;
    });
    part("reply-end").addEventListener("click", (event) => {
      event.preventDefault();
      this.replyTo(null);
    });
    part("mention-list")?.addEventListener("click", ({ target }) => this.#name(target.closest("button")));
    part("quick")?.addEventListener("click", ({ target }) => {
      if (!target.matches("[data-quick-text]")) return;
      part("quick").open = false;
      this.put(target.textContent);
    });
    const { me, frontRoom } = root.dataset;
    this.keep = keepDraft(this.text, `chat-draft:${me}:${frontRoom}`);
    if (part("replying-name").textContent) this.reply = { id: this.form.elements.reply_to.value };
    this.#grow();
  }

  /** Show why something could not be sent; empty: no problem. */
  complain(words) {
    this.problem.textContent = words;
    this.problem.hidden = !words;
  }

  /** Put text into the box, behind what is there. */
  put(words) {
    this.text.value = [this.text.value, words].filter(Boolean).join(" ");
    this.keep();
    this.#grow();
    this.text.focus();
  }

  replyTo(reply) {
    this.reply = reply;
    this.replying.hidden = !reply;
    this.root.querySelector("[data-replying-name]").textContent = reply?.name ?? "";
    this.root.querySelector("[data-replying-text]").textContent = reply?.text ?? "";
    if (reply) this.text.focus();
  }

  showMembers(members, me) {
    const list = this.root.querySelector("[data-mention-list]");
    const all = list.querySelector("[data-user=all]")?.parentElement;
    list.replaceChildren(...members.filter(({ user }) => user !== me).map(choiceOf), ...(all ? [all] : []));
  }

  #send() {
    const body = this.text.value.trim();
    if (!body) return;
    const mentions = [...this.named].filter(([, name]) => body.includes(`@${name}`)).map(([user]) => user);
    this.say({ body, mentions, reply: this.reply });
    this.text.value = "";
    this.keep();
    this.named.clear();
    this.replyTo(null);
    this.complain("");
    this.#grow();
    this.text.focus();
  }

  #name(button) {
    if (!button) return;
    const { user, name } = button.dataset;
    this.named.set(user, name);
    this.root.querySelector("[data-mention]").open = false;
    this.text.value = `${this.text.value.replace(/@$/, "")}@${name} `;
    this.keep();
    this.text.focus();
  }

  #grow() {
    this.text.rows = Math.min(MOST_ROWS, this.text.value.split("\n").length);
  }
}

function choiceOf({ user, name, role }) {
  const button = Object.assign(document.createElement("button"), { type: "button", textContent: name });
  const small = Object.assign(document.createElement("span"), { className: "muted small", textContent: role });
  Object.assign(button.dataset, { user, name });
  button.append(small);
  const item = document.createElement("li");
  item.append(button);
  return item;
}
