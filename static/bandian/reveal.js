// Shows an element only while a field has a value: data-reveal="field=value" or "field=a|b"; what it hides is not sent.
const withheld = new WeakSet();

function values(form, name) {
  const controls = [...form.elements].filter((control) => control.name === name && !withheld.has(control));
  return controls
    .filter((control) => !["checkbox", "radio"].includes(control.type) || control.checked)
    .flatMap((control) => (control.multiple ? [...control.selectedOptions] : [control]).map(({ value }) => value));
}

function show(element, form) {
  const [name, wanted = ""] = element.dataset.reveal.split("=");
  const visible = values(form, name).some((value) => wanted.split("|").includes(value));
  element.hidden = !visible;
  for (const control of element.querySelectorAll("input, select, textarea, button")) {
    const hiddenByUs = withheld.has(control);
    if (!visible && !control.disabled) {
      withheld.add(control);
      control.disabled = true;
    } else if (visible && hiddenByUs && !control.closest("[data-reveal][hidden]")) {
      withheld.delete(control);
      control.disabled = false;
    }
  }
}

for (const form of new Set([...document.querySelectorAll("[data-reveal]")].map((element) => element.closest("form")))) {
  const refresh = () => {
    form.querySelectorAll("[data-reveal]").forEach((element) => show(element, form));
    form.dispatchEvent(new CustomEvent("reveal"));
  };
  form.addEventListener("change", refresh);
  refresh();
}
