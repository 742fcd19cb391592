// Names beside the button what it issues: the file that is chosen, the one that is kept, or what the system makes.
for (const line of document.querySelectorAll("[data-issued]")) {
  const form = line.closest("form");
  const file = form.querySelector("input[type=file][name=pdf]");
  const kept = form.querySelector("input[name=own], input[name=kept_files]");
  const what = line.querySelector("[data-issued-what]");
  const first = what.textContent;

  function name() {
    const [chosen] = file?.files ?? [];
    if (chosen) what.textContent = `自备 PDF“${chosen.name}”`;
    else what.textContent = kept?.checked ? first : line.dataset.made;
    line.querySelector("[data-issued-else]")?.remove();
  }

  file?.addEventListener("change", name);
  kept?.addEventListener("change", name);
}
