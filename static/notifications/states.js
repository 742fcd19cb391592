// Shows those parts of a box that belong to a state: <… data-when="one another">.
export function show(box, state) {
  for (const part of box.querySelectorAll("[data-when]")) part.hidden = !part.dataset.when.split(" ").includes(state);
}

// POST a form's fields with the token that the box holds.
export function post(box, url, fields) {
  const body = new FormData();
  for (const [name, value] of Object.entries(fields)) body.append(name, value);
  body.append("csrfmiddlewaretoken", box.querySelector("[name=csrfmiddlewaretoken]").value);
  return fetch(url, { method: "POST", body, headers: { Accept: "application/json" } });
}
