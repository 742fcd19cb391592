// Moves the focus to the error summary, and from its links into the fields.
const summary = document.querySelector("[data-error-summary]");

summary?.focus();
summary?.addEventListener("click", (event) => {
  const link = event.target.closest("a[href^='#']");
  const target = link && document.getElementById(link.hash.slice(1));
  if (!target) return;
  event.preventDefault();
  const control = target.matches("input, select, textarea") ? target : target.querySelector("input, select, textarea");
  // The label comes into view with the field.
  (target.closest(".field") ?? target).scrollIntoView({ block: "start" });
  control?.focus({ preventScroll: true });
});
