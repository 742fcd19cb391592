// Says when the room is not live, once that lasts; what is missed meanwhile is asked for (sync.js).
import { isOpen, live } from "../notifications/live.js";

const PATIENCE_MS = 3000;

/** `tell(words)` shows the words; empty: all is well. */
export function connection(tell) {
  let timer = null;

  function look() {
    clearTimeout(timer);
    if (isOpen()) return tell("");
    const words = navigator.onLine ? "正在连接，消息会自动补齐。" : "网络已断开，写好的消息会在恢复后自动发送。";
    timer = setTimeout(() => tell(words), PATIENCE_MS);
  }

  for (const event of ["open", "shut"]) live.addEventListener(event, look);
  for (const event of ["online", "offline"]) window.addEventListener(event, look);
  look();
}
