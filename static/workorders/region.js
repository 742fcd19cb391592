// Province, city and district follow one another. <div data-region data-url> with select[data-level] in that order;
// GET data-url?parent=code answers [{code, name}, …]. Without this file the button data-region-next reloads the page.
async function children(url, parent) {
  const address = new URL(url, location.href);
  address.searchParams.set("parent", parent);
  const answer = await fetch(address, { headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error(answer.statusText);
  return answer.json();
}

function setUp(root) {
  const selects = [...root.querySelectorAll("select[data-level]")];
  const next = root.querySelector("[data-region-next]");
  const status = root.querySelector("[data-region-status]");
  let latest = 0;

  // What was said of a region, and the words on the button for it, are not true of another one.
  function forget() {
    root.querySelectorAll("[data-region-warning]").forEach((part) => part.remove());
    const go = root.querySelector("[data-region-go]");
    if (go) go.textContent = go.dataset.regionGo;
  }

  function empty(select) {
    const prompt = select.options[0]?.value === "" ? select.options[0] : new Option("请选择", "");
    select.replaceChildren(prompt);
    select.value = "";
    select.disabled = true;
  }

  async function fill(select, parent) {
    const turn = (latest += 1);
    let list;
    try {
      list = await children(root.dataset.url, parent);
    } catch {
      if (status) status.textContent = "没有取到地区名单，请检查网络后重选。";
      if (next) next.hidden = false;
      select.disabled = false;
      return;
    }
    if (turn !== latest) return; // another choice was made meanwhile
    select.append(...list.map(({ code, name }) => new Option(name, code)));
    select.disabled = list.length === 0;
    if (list.length !== 1) return;
    // Nothing to choose, e.g. below a municipality.
    select.selectedIndex = 1;
    select.dispatchEvent(new Event("change", { bubbles: true }));
  }

  selects.forEach((select, level) => {
    if (level && select.options.length < 2) select.disabled = true;
    select.addEventListener("change", () => {
      if (status) status.textContent = "";
      forget();
      selects.slice(level + 1).forEach(empty);
      latest += 1;
      if (select.value && selects[level + 1]) fill(selects[level + 1], select.value);
    });
  });
  if (next) next.hidden = true;
}

document.querySelectorAll("[data-region]").forEach(setUp);
// A row that the desk's forms add.
document.addEventListener("formset:added", ({ target }) => target.querySelectorAll("[data-region]").forEach(setUp));
