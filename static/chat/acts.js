// What is done with a line: reply to it, take it back, go to what it quotes.
import { send, wordsOf } from "./server.js";

const CHECK_MS = 10000;

export function acts(root, { scroll, composer, recalled }) {
  const isManager = "manager" in root.dataset;
  const recallMs = Number(root.dataset.recallSeconds) * 1000;
  const ahead = Number(root.dataset.now) - Date.now(); // lines bear the server's time, and a phone's clock may be wrong
  const isFresh = (line) => Date.now() + ahead - Date.parse(line.querySelector("time").dateTime) < recallMs;

  /** Take away what is too late: only a manager takes older lines back, on the page that asks for the reason. */
  function tidy() {
    if (isManager) return;
    for (const link of root.querySelectorAll("[data-recall]")) if (!isFresh(link.closest(".line"))) link.remove();
  }

  function reply(line) {
    const { id, seq, summary } = line.dataset;
    composer.replyTo({ id, seq, name: line.querySelector("[data-author]").textContent, text: summary });
  }

  async function recall(line) {
    if (!confirm("撤回这条消息？撤回后群里的人都看不到它。")) return;
    const answer = await send(`messages/${line.dataset.id}/recall/`);
    if (answer.status === 200) recalled();
    else composer.complain(wordsOf(answer));
  }

  root.addEventListener("click", (event) => {
    const line = event.target.closest(".line");
    const quote = event.target.closest("[data-quote]");
    const isOwn = event.target.matches("[data-recall]") && line.matches(".line--mine") && isFresh(line);
    if (quote) {
      if (scroll.show(quote.dataset.quote)) event.preventDefault();
    } else if (event.target.matches("[data-reply]") && composer) {
      event.preventDefault();
      reply(line);
    } else if (isOwn && composer) {
      event.preventDefault();
      recall(line);
    }
  });
  tidy();
  setInterval(tidy, CHECK_MS);
}
