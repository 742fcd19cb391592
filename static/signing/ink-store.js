// Keeps unsent ink in this tab, so that a reload or a failed request does not lose it.
const RETRY_MS = 10 * 60 * 1000; // afterwards a signature that was sent is never offered again

/** `key` names what is signed: ink written for one paper never appears under another. */
export function inkStore(name, key) {
  const slot = `pad:${location.pathname}:${name}:${key}`;
  const write = (record) => {
    try {
      if (record.strokes.length) sessionStorage.setItem(slot, JSON.stringify(record));
      else sessionStorage.removeItem(slot);
    } catch {
      // Storage is full or forbidden: the ink on the page is still there.
    }
  };
  const read = () => {
    try {
      const record = JSON.parse(sessionStorage.getItem(slot));
      return record && (!record.sent || Date.now() - record.sent < RETRY_MS) ? record.strokes : [];
    } catch {
      return [];
    }
  };
  return {
    /** What the server sent back comes first, then what this tab kept. */
    load(value) {
      try {
        return JSON.parse(value).strokes ?? [];
      } catch {
        return read();
      }
    },
    save: (strokes) => write({ strokes }),
    sent: (strokes) => write({ strokes, sent: Date.now() }),
  };
}
