// Tells screen readers of new messages of others, and of nothing else: no history, no own ones, at most once a second.
const EVERY_MS = 1000;
const MOST = 3;

export function announcer(region, me) {
  let waiting = [];
  let timer = null;

  function speak() {
    timer = null;
    const more = waiting.length - MOST;
    const words = waiting.slice(0, MOST).map(({ author, body, summary = body }) => `${author.name}：${summary}`);
    region.textContent = words.join("。") + (more > 0 ? `。另有 ${more} 条新消息` : "");
    waiting = [];
  }

  return (message) => {
    if (message.recalled) {
      waiting = waiting.filter(({ id }) => id !== message.id);
      region.textContent = ""; // it may hold what was taken back
      return;
    }
    if (message.author.user === me) return;
    waiting.push(message);
    timer ??= setTimeout(speak, EVERY_MS);
  };
}
