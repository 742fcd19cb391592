// Files go up as soon as they are chosen or dropped, each by its own request. <div data-upload> from _upload.html.
import { arrange } from "./arrange.js";
import { Transfer, rowIn, wordsOf } from "./upload-file.js";

function setUp(root) {
  const { url, kind, maxBytes } = root.dataset;
  const form = root.closest("form");
  const [rows, status, pattern] = ["rows", "status", "row"].map((part) => root.querySelector(`[data-upload-${part}]`));
  const zone = root.querySelector(".upload__zone");
  const token = () => ({ csrfmiddlewaretoken: form.elements.csrfmiddlewaretoken.value });
  const transfers = [];
  let place = Number(root.dataset.nextPlace); // files arrive as they may; they stand as they were chosen

  function say(text, wrong = false) {
    status.textContent = text;
    status.dataset.state = wrong ? "error" : "";
  }

  function take(files) {
    for (const file of files) {
      const row = pattern.content.firstElementChild.cloneNode(true);
      const given = Number.isNaN(place) ? {} : { place: place++ };
      const fields = () => ({ ...token(), kind, ...given });
      const transfer = new Transfer(file, row, { url, fields, maxBytes: Number(maxBytes), say });
      rows.append(row);
      transfers.push(transfer);
      transfer.start();
    }
  }

  /** POST a row's button; the answer is nothing (the row is gone) or another row, e.g. one that offers 撤销. */
  async function act(button) {
    const headers = { "X-Requested-With": "XMLHttpRequest" };
    const request = { method: "POST", headers, body: new URLSearchParams(token()) };
    const answer = await fetch(button.formAction, request).catch(() => null);
    const html = answer?.ok ? (await answer.text()).trim() : null;
    const row = html ? rowIn(html) : null;
    if (html === null || (html && !row)) {
      say("没有完成，请检查网络后重试。", true);
      return;
    }
    button.closest(".file-row").replaceWith(...(row ? [row] : []));
    say(row ? wordsOf(row) : "文件已删除");
    (row?.querySelector("button, a") ?? root.querySelector("input[type=file]")).focus();
  }

  root.dataset.ready = "";
  root.querySelector("[data-upload-camera]").hidden = false;
  root.addEventListener("change", ({ target }) => {
    if (target.type !== "file") return;
    take([...target.files]);
    target.value = ""; // or the form would send them again
  });
  rows.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (button?.matches("[data-dismiss]")) button.closest(".file-row").remove();
    if (!button?.matches("[data-remove], [data-arrange]")) return;
    event.preventDefault();
    if (button.matches("[data-arrange]")) arrange(button, { token, say });
    else act(button);
  });
  for (const name of ["dragenter", "dragover", "dragleave", "drop"]) {
    root.addEventListener(name, (event) => {
      if (!event.dataTransfer?.types.includes("Files")) return;
      event.preventDefault();
      zone.toggleAttribute("data-over", name === "dragenter" || name === "dragover");
      if (name === "drop") take([...event.dataTransfer.files]);
    });
  }
  form.addEventListener("submit", (event) => {
    if (!transfers.some((transfer) => transfer.running)) return;
    event.preventDefault();
    say("还有文件在上传，请稍候再提交。", true);
    root.scrollIntoView({ block: "center" });
  });
}

document.querySelectorAll("[data-upload]").forEach(setUp);
