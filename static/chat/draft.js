// A half-written line stays on this device while its writer is in other rooms: for 12 hours, until they log out
// (static/accounts/logout.js), and for nobody else.

/** Keep what stands in the box under the room and its reader; put back what was left there. */
export function keepDraft(text, key) {
  const write = () => {
    try {
      if (text.value.trim()) localStorage.setItem(key, JSON.stringify({ text: text.value, at: Date.now() }));
      else localStorage.removeItem(key);
    } catch {
      // no storage here: the line lives as long as the page
    }
  };
  try {
    const kept = JSON.parse(localStorage.getItem(key));
    if (kept && !text.value) text.value = kept.text;
  } catch {
    // as above
  }
  text.addEventListener("input", write);
  return write;
}
