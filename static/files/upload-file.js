// One file on its way: its row shows progress and failure, and offers cancel and retry.
const ANSWERED = new Set([200, 422, 503]); // a row says what is wrong with the file, or, in 503, when to try again
const BUSY = 503;
const REASONS = {
  0: "没有传上去：网络不通。",
  401: "没有传上去：登录已过期，重新登录后再点重试。",
  403: "没有传上去：页面已过期，重新登录后再点重试。",
  413: "没有传上去：文件太大。",
};
const OTHER_REASON = "没有传上去，请稍后重试。";

export const fileSize = (bytes) =>
  bytes < 1048576 ? `${Math.ceil(bytes / 1024)} KB` : `${(bytes / 1048576).toFixed(1)} MB`;

/** The row in an answer; null for anything else, e.g. the login page after the session's end. */
export function rowIn(html) {
  return Object.assign(document.createElement("template"), { innerHTML: html }).content.querySelector(".file-row");
}

export const wordsOf = (row) =>
  [...row.querySelectorAll(".file-row__name, .file-row__error")].map((part) => part.textContent.trim()).join("：");

export class Transfer {
  running = false;

  /** `say(text, wrong)` tells what happens; `fields()` are the other fields of each request. */
  constructor(file, row, { url, fields, maxBytes, say }) {
    Object.assign(this, { file, row, url, fields, maxBytes, say });
    const parts = ["progress", "[data-error]", "[data-retry]", "[data-cancel]"].map((part) => row.querySelector(part));
    [this.bar, this.error, this.retry, this.cancel] = parts;
    row.querySelector("[data-name]").textContent = file.name;
    row.querySelector("[data-meta]").textContent = fileSize(file.size);
    this.retry.addEventListener("click", () => this.start());
    this.cancel.addEventListener("click", () => this.stop());
  }

  start() {
    const tooBig = this.maxBytes && this.file.size > this.maxBytes;
    if (tooBig) return this.show(`文件超过 ${fileSize(this.maxBytes)}。`, false);
    if (!this.file.size) return this.show("文件是空的。", false);
    this.show("");
    this.say(`正在上传 ${this.file.name}`);
    const body = new FormData();
    for (const [name, value] of Object.entries({ ...this.fields(), file: this.file })) body.append(name, value);
    this.request = new XMLHttpRequest();
    this.request.upload.addEventListener("progress", (event) => (this.bar.value = (100 * event.loaded) / event.total));
    this.request.addEventListener("loadend", () => this.end());
    this.request.open("POST", this.url);
    this.request.setRequestHeader("X-Requested-With", "XMLHttpRequest");
    this.request.send(body);
    this.running = true;
  }

  stop() {
    const { running } = this;
    this.row.remove();
    if (running) this.request.abort();
    this.say(running ? `已取消 ${this.file.name}` : "");
  }

  end() {
    this.running = false;
    if (!this.row.isConnected) return;
    const { status, responseText } = this.request;
    const answer = ANSWERED.has(status) ? rowIn(responseText) : null;
    if (!answer) return this.show(REASONS[status] ?? OTHER_REASON);
    if (status === BUSY) return this.show(answer.querySelector(".file-row__error").textContent.trim());
    this.row.replaceWith(answer);
    this.say(status === 200 ? `${this.file.name} 已上传` : wordsOf(answer), status !== 200);
  }

  show(failure, again = true) {
    const failed = Boolean(failure);
    this.row.dataset.state = failed ? "error" : "";
    this.error.textContent = failure;
    this.error.hidden = !failed;
    this.bar.hidden = failed;
    this.bar.value = 0;
    this.retry.hidden = !failed || !again;
    this.cancel.textContent = failed ? "移除" : "取消";
    if (failed) this.say(`${this.file.name}：${failure}`, true);
  }
}
