// The canvas of the pad: pointers draw into the ink; sharp on every screen, also when turned for large writing.
const MIN_RATIO = 2;
const MAX_RATIO = 3;

/** Some private browsers blank or blur what a page reads back from a canvas. */
export function canvasIsReadable() {
  try {
    const context = Object.assign(document.createElement("canvas"), { width: 1, height: 1 }).getContext("2d");
    context.fillStyle = "#123456";
    context.fillRect(0, 0, 1, 1);
    const [red, green, blue] = context.getImageData(0, 0, 1, 1).data;
    return red === 0x12 && green === 0x34 && blue === 0x56;
  } catch {
    return false;
  }
}

export class Surface {
  pointer = null;

  constructor(canvas, ink, { isTurned, onStroke }) {
    Object.assign(this, { canvas, ink, isTurned, onStroke });
    this.context = canvas.getContext?.("2d");
    if (!this.context) return;
    canvas.addEventListener("pointerdown", (event) => this.down(event));
    canvas.addEventListener("pointermove", (event) => this.move(event));
    // A lift outside the canvas ends the stroke too.
    for (const name of ["pointerup", "pointercancel", "lostpointercapture"]) {
      canvas.addEventListener(name, (event) => this.up(event));
    }
    new ResizeObserver(() => this.fit()).observe(canvas);
  }

  /** Follow the width; a phone's address bar changes only the height of the window. */
  fit() {
    const ratio = Math.min(MAX_RATIO, Math.max(MIN_RATIO, window.devicePixelRatio));
    const width = Math.round(this.canvas.clientWidth * ratio);
    if (!width || width === this.canvas.width) return;
    this.canvas.width = width;
    this.canvas.height = Math.round(width / 2);
    this.context.strokeStyle = getComputedStyle(this.canvas).color;
    this.draw();
  }

  draw(options) {
    this.ink.draw(this.context, options);
  }

  at({ clientX, clientY, timeStamp, pointerType, pressure }) {
    const { top, left, right, width, height } = this.canvas.getBoundingClientRect();
    const [x, y] = this.isTurned()
      ? [(clientY - top) / height, (right - clientX) / width]
      : [(clientX - left) / width, (clientY - top) / height];
    return this.ink.point(x, y, timeStamp, pointerType === "pen" ? pressure : 0.5);
  }

  down(event) {
    if (this.pointer !== null || event.button !== 0) return;
    event.preventDefault();
    this.pointer = event.pointerId;
    this.canvas.setPointerCapture(event.pointerId);
    this.ink.begin(this.at(event));
  }

  move(event) {
    if (event.pointerId !== this.pointer) return;
    const parts = event.getCoalescedEvents?.() ?? [];
    for (const part of parts.length ? parts : [event]) {
      if (this.ink.extend(this.at(part))) this.draw({ newest: true });
    }
  }

  up(event) {
    if (event.pointerId !== this.pointer) return;
    this.pointer = null;
    this.draw();
    this.onStroke();
  }
}
