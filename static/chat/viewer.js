// An image opens over the room, with its download; without this it opens as a page of its own.
export function viewer(root) {
  const dialog = root.querySelector("[data-viewer]");
  const image = dialog.querySelector("[data-viewer-image]");
  dialog.querySelector("[data-viewer-close]").addEventListener("click", () => dialog.close());
  dialog.addEventListener("click", ({ target }) => target === dialog && dialog.close());
  root.addEventListener("click", (event) => {
    const link = event.target.closest("[data-image]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    Object.assign(image, { src: link.href, alt: link.querySelector("img").alt });
    dialog.querySelector("[data-viewer-download]").href = `${link.href}download/`;
    dialog.showModal();
  });
}
