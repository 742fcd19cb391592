// Files that were not handed in yet change places, and photos are turned: the buttons of a row in _file_row.html.
import { rowIn } from "./upload-file.js";

const DONE = '[data-state="done"]';

/** Post a row's button; once the server did it, show it. The button keeps the focus. */
export async function arrange(button, { token, say }) {
  const row = button.closest(".file-row");
  const list = row.parentElement;
  const what = button.value;
  const other = what === "up" ? row.previousElementSibling : row.nextElementSibling;
  if (what !== "turn" && !other?.matches(DONE)) return;
  const headers = { "X-Requested-With": "XMLHttpRequest" };
  const body = new URLSearchParams({ ...token(), do: what });
  const answer = await fetch(button.formAction, { method: "POST", headers, body }).catch(() => null);
  const now = answer?.ok ? rowIn(await answer.text()) : null;
  if (!now) {
    say("没有完成，请检查网络后重试。", true);
    return;
  }
  row.replaceWith(now);
  if (what === "up") other.before(now);
  if (what === "down") other.after(now);
  now.querySelector(`[data-arrange][value="${what}"]`).focus();
  say(what === "turn" ? "照片已旋转" : `现在是第 ${[...list.querySelectorAll(DONE)].indexOf(now) + 1} 个`);
}
