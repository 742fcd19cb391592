// Files chosen, pasted or dropped: one message each, one after the other, with progress and another try.
import { newUuid } from "../bandian/fallbacks.js";
import { sendFile, wordsOf } from "./server.js";

const MOST = 9;

export class Files {
  /** `show(entry, words)` draws an entry, `sent(message, entry)` takes what the server has, `complain(words)` says no. */
  constructor(root, { show, sent, complain }) {
    Object.assign(this, { root, show, sent, complain, waiting: [], busy: false });
    this.input = root.querySelector("[data-files] input[type=file]");
    this.input.multiple = true; // the plain form takes one
    this.input.addEventListener("change", () => {
      this.take([...this.input.files]);
      this.input.value = "";
    });
    this.pasted = root.querySelector("[data-pasted]");
    root.querySelector("[data-text]").addEventListener("paste", (event) => this.#paste(event));
    this.pasted.querySelector("[data-pasted-send]").addEventListener("click", () => this.#answer(this.offered));
    this.pasted.querySelector("[data-pasted-drop]").addEventListener("click", () => this.#answer([]));
    for (const name of ["dragenter", "dragover", "dragleave", "drop"]) {
      root.addEventListener(name, (event) => {
        if (!event.dataTransfer?.types.includes("Files")) return;
        event.preventDefault();
        root.toggleAttribute("data-over", name === "dragenter" || name === "dragover");
        if (name === "drop") this.take([...event.dataTransfer.files]);
      });
    }
    window.addEventListener("beforeunload", (event) => this.busy && event.preventDefault());
  }

  take(files) {
    if (files.length > MOST) this.complain(`一次最多发送 ${MOST} 个文件，请分几次发送。`);
    const most = Number(this.input.dataset.maxBytes);
    for (const file of files.slice(0, MOST)) {
      const entry = { uuid: newUuid(), file, state: "waiting" };
      const words = !file.size ? "文件是空的。" : file.size > most ? `文件超过 ${most / 1048576} MB。` : "";
      if (words) this.complain(`${file.name}：${words}`);
      else {
        this.waiting.push(entry);
        this.show(entry, "");
      }
    }
    this.#pump();
  }

  retry(uuid) {
    const entry = this.waiting.find((each) => each.uuid === uuid);
    if (!entry) return false;
    entry.state = "waiting";
    this.show(entry, "");
    this.#pump();
    return true;
  }

  drop(uuid) {
    this.waiting.find((each) => each.uuid === uuid)?.abort?.();
    this.waiting = this.waiting.filter((each) => each.uuid !== uuid);
  }

  // From Excel and Word comes text with a picture of it: the text goes into the box, the picture where it is asked for.
  #paste(event) {
    const files = [...event.clipboardData.files];
    if (!files.length) return;
    if (event.clipboardData.getData("text/plain").trim()) {
      this.offered = files;
      this.pasted.hidden = false;
    } else {
      event.preventDefault();
      this.take(files);
    }
  }

  #answer(files) {
    this.pasted.hidden = true;
    this.take(files);
  }

  async #pump() {
    if (this.busy) return;
    this.busy = true;
    let entry;
    while ((entry = this.waiting.find(({ state }) => state === "waiting"))) await this.#try(entry);
    this.busy = false;
  }

  async #try(entry) {
    entry.state = "sending";
    const progress = (part) => this.show(entry, "", part);
    const { promise, abort } = sendFile("files/", { uuid: entry.uuid, file: entry.file }, progress);
    entry.abort = abort;
    const answer = await promise;
    if (answer.status === 200 || answer.status === 201) {
      this.drop(entry.uuid);
      this.sent(answer.data.message, entry);
    } else if (this.waiting.includes(entry)) {
      entry.state = "failed";
      this.show(entry, wordsOf(answer));
    }
  }
}
