// What the oldest supported browsers lack (docs/browsers.md), or every browser on a page without https.
export function newUuid() {
  if (globalThis.crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] % 16) + 0x40; // version 4
  bytes[8] = (bytes[8] % 64) + 0x80; // RFC 9562's variant
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}

/** A signal that aborts a request after so long, or when its controller does. */
export function patience(milliseconds, controller = new AbortController()) {
  setTimeout(() => controller.abort(), milliseconds);
  return controller.signal;
}

export const last = (list) => list[list.length - 1];
