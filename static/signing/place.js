// The boxes for signing on a paper that is about to be issued: moved and resized by pointer or keys. A box is kept as
// "page from 0,left,top,right,bottom" in fractions of its page; on the page its unit is a point.
const SVG = "http://www.w3.org/2000/svg";
const LEAST = { width: 60, height: 20 };
const [GRIP, STEP] = [14, 4];

for (const box of document.querySelectorAll("[data-place]")) attach(box, box.dataset.place);
for (const help of document.querySelectorAll("[data-place-help]")) help.hidden = false;

function attach(box, role) {
  const input = document.querySelector(`[name="place_${role}"]`);
  const where = document.querySelector(`[data-place-where="${role}"]`);
  const choice = document.querySelector(`[data-place-page="${role}"]`);
  const [area, words] = [box.querySelector("[data-area]"), box.querySelector("text")];
  const grip = box.appendChild(document.createElementNS(SVG, "rect"));
  grip.setAttribute("class", "place__grip");
  set(grip, { width: GRIP, height: GRIP });
  set(box, { tabindex: 0, role: "group" });
  box.classList.add("place__box--free");
  choice.closest("label").hidden = false;
  let start = null;

  const now = () => Object.fromEntries(["x", "y", "width", "height"].map((name) => [name, +area.getAttribute(name)]));

  function put(wanted) {
    const { width: across, height: down } = box.ownerSVGElement.viewBox.baseVal;
    const width = within(wanted.width, LEAST.width, across);
    const height = within(wanted.height, LEAST.height, down);
    const x = within(wanted.x, 0, across - width);
    const y = within(wanted.y, 0, down - height);
    set(area, { x, y, width, height });
    set(words, { x, y });
    set(grip, { x: x + width - GRIP, y: y + height - GRIP });
    const page = box.ownerSVGElement.dataset.placeSheet;
    const fractions = [x / across, y / down, (x + width) / across, (y + height) / down];
    input.value = [page - 1, ...fractions.map((value) => value.toFixed(6))].join(",");
    where.textContent = choice.value = page;
  }

  function changed({ x, y, width, height }, dx, dy, sizing) {
    if (!sizing) return { x: x + dx, y: y + dy, width, height };
    const { width: across, height: down } = box.ownerSVGElement.viewBox.baseVal;
    return { x, y, width: Math.min(width + dx, across - x), height: Math.min(height + dy, down - y) };
  }

  function at(event) {
    const toPage = box.ownerSVGElement.getScreenCTM().inverse();
    return new DOMPoint(event.clientX, event.clientY).matrixTransform(toPage);
  }

  box.addEventListener("pointerdown", (event) => {
    if (event.button) return;
    start = { at: at(event), box: now(), sizing: event.target === grip };
    box.setPointerCapture(event.pointerId);
    box.focus();
    event.preventDefault();
  });
  box.addEventListener("pointermove", (event) => {
    if (start) put(changed(start.box, at(event).x - start.at.x, at(event).y - start.at.y, start.sizing));
  });
  for (const end of ["pointerup", "pointercancel"]) box.addEventListener(end, () => (start = null));
  box.addEventListener("keydown", (event) => {
    const way = { ArrowLeft: [-STEP, 0], ArrowRight: [STEP, 0], ArrowUp: [0, -STEP], ArrowDown: [0, STEP] }[event.key];
    if (!way) return;
    put(changed(now(), ...way, event.shiftKey));
    event.preventDefault();
  });
  choice.addEventListener("change", () => {
    document.querySelector(`[data-place-sheet="${choice.value}"]`).append(box);
    put(now());
    box.scrollIntoView({ block: "center" });
  });
  put(now());
}
function within(value, least, most) {
  return Math.min(Math.max(value, least), Math.max(least, most));
}
function set(element, values) {
  for (const [name, value] of Object.entries(values)) element.setAttribute(name, value);
}
