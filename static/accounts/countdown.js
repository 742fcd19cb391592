// Counts a waiting time down beside a button, which stays disabled meanwhile.
// <button data-countdown="60">…</button> <p data-countdown-note></p>; without this script the server refuses early clicks.

for (const button of document.querySelectorAll("[data-countdown]")) {
  const note = button.parentElement.querySelector("[data-countdown-note]");
  const end = Date.now() + Number(button.dataset.countdown) * 1000;

  const tick = () => {
    const left = Math.ceil((end - Date.now()) / 1000);
    button.disabled = left > 0;
    note.textContent = left > 0 ? `${left} 秒后可重新获取` : "";
    if (left > 0) setTimeout(tick, 1000);
  };
  tick();
}
