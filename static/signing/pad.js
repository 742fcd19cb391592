// The signature pad of _pad.html: large writing, undo, and the strokes or a typed name in the form. <div data-pad>
import { inkStore } from "./ink-store.js";
import { Ink } from "./ink.js";
import { Surface, canvasIsReadable } from "./pad-surface.js";

function setUp(root) {
  const find = (selector) => root.querySelector(selector);
  const form = root.closest("form");
  const [canvas, dialog, input] = ["canvas", "dialog", "input[type=hidden]"].map(find);
  const [byName, typed] = ["[data-pad-typed]", "[data-pad-typed] input"].map(find);
  const [stage, status, full, done] = ["stage", "status", "full", "done"].map((part) => find(`[data-pad-${part}]`));
  const store = inkStore(root.dataset.name, root.dataset.key);
  const ink = new Ink();
  const isTurned = () => dialog.open && window.matchMedia("(orientation: portrait)").matches;
  const surface = new Surface(canvas, ink, { isTurned, onStroke: changed });

  function say(text, wrong = false) {
    status.textContent = text;
    status.dataset.state = wrong ? "error" : "";
  }

  // A hidden pad (reveal.js disables its input) asks for nothing.
  function update() {
    const waiting = !input.disabled && !ink.strokes.length && !typed.value.trim();
    const buttons = form.querySelectorAll("button:not([type=button], [formnovalidate])");
    for (const button of buttons) button.disabled = waiting;
  }

  function changed() {
    surface.draw();
    store.save(ink.strokes);
    say("");
    update();
  }

  function fault() {
    if (!navigator.onLine) return "网络不通，签名已留在本页，连上后再提交。";
    if (!typed.value.trim()) return ink.fault();
    return ink.strokes.length ? "手写和键入只能选一种：请点【重写】清空手写签名，或删去键入的姓名。" : "";
  }

  function enlarge(on) {
    if (on) dialog.firstElementChild.append(stage);
    else status.before(stage);
    full.hidden = on;
    done.hidden = !on;
    if (on) dialog.showModal();
    else full.focus();
  }

  function submit(event) {
    if (input.disabled || event.submitter?.formNoValidate) return;
    const wrong = fault();
    if (wrong) {
      event.preventDefault();
      say(wrong, true);
      root.scrollIntoView({ block: "center" });
      return;
    }
    const { clientWidth: width, clientHeight: height } = canvas;
    input.value = ink.strokes.length ? JSON.stringify({ width, height, strokes: ink.strokes }) : "";
    store.sent(ink.strokes);
  }

  if (!surface.context) {
    byName.open = true;
    say("这个浏览器不能手写签名，请在下方键入姓名签署，或换一个浏览器。", true);
    return;
  }
  ink.strokes = store.load(input.value);
  if (ink.strokes.length) say("已恢复您刚才写的签名，请核对；不满意可以重写。");
  else if (!canvasIsReadable()) say("浏览器限制了画布的读取，不影响签名：提交的是笔画。");
  root.dataset.ready = "";
  update();
  find("[data-pad-undo]").addEventListener("click", () => changed(ink.undo()));
  find("[data-pad-redo]").addEventListener("click", () => changed(ink.redo()));
  find("[data-pad-clear]").addEventListener("click", () => changed(ink.clear()));
  full.addEventListener("click", () => enlarge(true));
  done.addEventListener("click", () => dialog.close());
  dialog.addEventListener("close", () => enlarge(false));
  typed.addEventListener("input", update);
  form.addEventListener("reveal", update);
  form.addEventListener("submit", submit);
}

document.querySelectorAll("[data-pad]").forEach(setUp);
