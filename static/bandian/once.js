// A form marked data-once is sent once: its buttons rest until the answer comes. data-busy: the label meanwhile.
const sent = new WeakSet();
const resting = new Map();

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || !form.matches("[data-once]")) return;
  if (sent.has(form)) {
    event.preventDefault();
    return;
  }
  sent.add(form);
  const { submitter } = event;
  // After the browser has taken the form's data: the pressed button's own value belongs to it.
  setTimeout(() => {
    for (const button of form.querySelectorAll("button:not([type=button]):not(:disabled)")) {
      resting.set(button, [...button.childNodes]);
      button.disabled = true;
    }
    const label = form.dataset.busy || submitter?.dataset.busy || "正在提交…";
    if (resting.has(submitter)) submitter.replaceChildren(label);
  });
});

// Back from the next page, the form may be sent again.
window.addEventListener("pageshow", () => {
  for (const [button, label] of resting) {
    button.disabled = false;
    button.replaceChildren(...label);
    sent.delete(button.form);
  }
  resting.clear();
});
