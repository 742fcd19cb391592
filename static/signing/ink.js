// Handwriting as strokes of [x, y, milliseconds, pressure]; x and y are 0…1 of a pad twice as wide as high.
import { last } from "../bandian/fallbacks.js";

const MAX_POINTS = 6000;
// Parts of the pad's height. What is a dot, a slip or a mere line the server (signing/marks/handwriting.py) refuses alike.
const MIN_STEP = 0.003;
const MIN_LENGTH = 0.3;
const MIN_SPREAD = 0.08;
const STRAIGHT = 1.06;
const round = (value, digits) => Number(value.toFixed(digits));
const distance = (a, b) => Math.hypot(2 * (a[0] - b[0]), a[1] - b[1]);
const lengthOf = (stroke) => stroke.reduce((sum, point, i) => sum + (i ? distance(stroke[i - 1], point) : 0), 0);

export class Ink {
  strokes = [];
  undone = [];
  began = 0;

  point(x, y, time, pressure) {
    this.began ||= time;
    const inside = (value) => round(Math.min(1, Math.max(0, value)), 4);
    return [inside(x), inside(y), Math.max(0, Math.round(time - this.began)), round(pressure, 2)];
  }

  begin(point) {
    this.strokes.push([point]);
    this.undone = [];
  }

  extend(point) {
    const stroke = last(this.strokes);
    const full = this.strokes.reduce((sum, each) => sum + each.length, 0) >= MAX_POINTS;
    if (full || distance(last(stroke), point) < MIN_STEP) return false;
    stroke.push(point);
    return true;
  }

  undo() {
    if (this.strokes.length) this.undone.push(this.strokes.pop());
  }

  redo() {
    if (this.undone.length) this.strokes.push(this.undone.pop());
  }

  /** Clearing can be taken back, stroke by stroke. */
  clear() {
    while (this.strokes.length) this.undo();
  }

  /** What is wrong with the writing, in words for its writer; "" when it will do. */
  fault() {
    if (!this.strokes.length) return "请先在框内写下签名。";
    const points = this.strokes.flat();
    const spread = (axis) => Math.max(...points.map((p) => p[axis])) - Math.min(...points.map((p) => p[axis]));
    const length = this.strokes.reduce((sum, stroke) => sum + lengthOf(stroke), 0);
    const small = length < MIN_LENGTH || Math.max(2 * spread(0), spread(1)) < MIN_SPREAD;
    const line = this.strokes.length === 1 && length < STRAIGHT * distance(points[0], last(points));
    if (small || line) return "签名太短，请手写完整的姓名。";
    return "";
  }

  /** Draw all strokes, or only the newest piece of the last one. */
  draw(context, { newest = false } = {}) {
    const { width, height } = context.canvas;
    if (!newest) context.clearRect(0, 0, width, height);
    context.lineCap = context.lineJoin = "round";
    for (const stroke of newest ? this.strokes.slice(-1) : this.strokes) {
      const at = (i) => [stroke[i][0] * width, stroke[i][1] * height];
      const middle = (i) => (i < 1 ? at(0) : [0, 1].map((axis) => (at(i - 1)[axis] + at(i)[axis]) / 2));
      for (let i = newest ? stroke.length - 1 : 0; i < stroke.length; i += 1) {
        context.lineWidth = width * (0.006 + 0.007 * stroke[i][3]);
        context.beginPath();
        context.moveTo(...middle(i - 1));
        if (i) context.quadraticCurveTo(...at(i - 1), ...middle(i));
        // The hair's breadth makes a single point a dot.
        if (!newest && i === stroke.length - 1) context.lineTo(at(i)[0] + 0.01, at(i)[1]);
        context.stroke();
      }
    }
  }
}
