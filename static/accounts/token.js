// The CSRF token of a page that was open while its reader logged in anew.
const fields = () => document.querySelectorAll("[name=csrfmiddlewaretoken]");
const owner = () => document.querySelector("[data-session]")?.dataset.user;

/** Put the token of an answer into every form, where it is for the reader of this page; return whether it was. */
export function takeToken(answer) {
  if (!answer?.csrf || answer.user !== owner()) return false;
  for (const field of fields()) field.value = answer.csrf;
  return true;
}

export const token = () => fields()[0]?.value ?? "";
