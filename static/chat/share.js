// Copies the link or the text message, and offers the phone's own way of sharing where there is one.
const root = document.querySelector("[data-share]");
const status = document.querySelector("[data-share-status]");

for (const button of document.querySelectorAll("[data-copy]")) {
  button.hidden = !navigator.clipboard;
  button.addEventListener("click", async () => {
    const text = document.querySelector(button.dataset.copy).textContent.trim();
    await navigator.clipboard.writeText(text).then(
      () => (status.textContent = "已复制，可以粘贴到微信或短信里发送。"),
      () => (status.textContent = "没有复制成功，请长按选中后复制。"),
    );
  });
}

const share = root?.querySelector("[data-send]");
if (share && navigator.share) {
  share.hidden = false;
  share.addEventListener("click", () => {
    const text = document.querySelector("[data-share-words]").textContent.trim();
    navigator.share({ title: root.dataset.title, text }).catch(() => {}); // closed again without sharing
  });
}
