// Rows of a Django formset come and go, and their capacities add up. <div data-formset data-prefix="transformers">:
// [data-formset-rows] of [data-formset-row], <template data-formset-empty>, buttons [data-formset-add|remove].
// The sum: [data-sum-capacity] × [data-sum-count] per row, but not where [data-sum-skip="value"] has that value (a
// box: is ticked); shown in [data-sum-total], compared in [data-sum-note] with the field at data-declared="selector".
import { last } from "../bandian/fallbacks.js";

const number = (control) => (control && !control.disabled && Number(control.value)) || 0;

function skipped(row) {
  return [...row.querySelectorAll("[data-sum-skip]")].some((control) =>
    control.type === "checkbox" ? control.checked : control.value === control.dataset.sumSkip,
  );
}

function setUp(root) {
  const find = (selector) => root.querySelector(selector);
  const [rows, pattern, add] = ["rows", "empty", "add"].map((part) => find(`[data-formset-${part}]`));
  const [total, limit] = ["TOTAL", "MAX_NUM"].map((part) => find(`[name="${root.dataset.prefix}-${part}_FORMS"]`));
  const declared = root.dataset.declared ? document.querySelector(root.dataset.declared) : null;
  const alive = () => [...rows.querySelectorAll("[data-formset-row]")].filter((row) => !row.hidden);

  function sum() {
    let capacity = 0;
    for (const row of alive().filter((each) => !skipped(each))) {
      const each = [...row.querySelectorAll("[data-sum-capacity]")].map(number).find((value) => value > 0) ?? 0;
      capacity += each * number(row.querySelector("[data-sum-count]"));
    }
    const [output, note] = [find("[data-sum-total]"), find("[data-sum-note]")];
    if (output) output.textContent = capacity.toLocaleString("zh-CN");
    if (!note) return;
    const wanted = number(declared);
    const equal = capacity === wanted;
    const words = equal ? "与申请容量一致" : `与申请容量 ${wanted.toLocaleString("zh-CN")} kVA 不一致`;
    note.textContent = wanted && capacity ? words : "";
    note.dataset.state = equal ? "" : "error";
  }

  function refresh() {
    add.disabled = Boolean(limit) && alive().length >= Number(limit.value);
    alive().forEach((row, index) => {
      const title = row.querySelector("[data-formset-number]");
      if (title) title.textContent = index + 1;
    });
    sum();
  }

  function remove(row) {
    const mark = row.querySelector("[name$='-DELETE']");
    if (!mark) throw new Error("formset.js needs can_delete=True");
    // The row stays in the form: Django counts it by its number.
    mark.checked = true;
    row.hidden = true;
    for (const control of row.querySelectorAll("[required]")) control.required = false;
    refresh();
    (last(alive())?.querySelector("input, select") ?? add).focus();
  }

  add.addEventListener("click", () => {
    rows.insertAdjacentHTML("beforeend", pattern.innerHTML.replaceAll("__prefix__", total.value));
    total.value = Number(total.value) + 1;
    refresh();
    rows.lastElementChild.querySelector("input:not([type=hidden]), select")?.focus();
  });
  rows.addEventListener("click", (event) => {
    if (event.target.closest("[data-formset-remove]")) remove(event.target.closest("[data-formset-row]"));
  });
  (root.closest("form") ?? root).addEventListener("input", sum);
  for (const button of root.querySelectorAll("[data-formset-add], [data-formset-remove]")) button.hidden = false;
  refresh();
}

document.querySelectorAll("[data-formset]").forEach(setUp);
