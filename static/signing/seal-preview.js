// A button marked data-preview shows, beside itself, the picture that its formaction answers with.
for (const button of document.querySelectorAll("[data-preview]")) {
  const result = button.parentElement.querySelector("[data-preview-result]");

  button.addEventListener("click", async (event) => {
    event.preventDefault();
    // Words only: the files of the form are not needed for a drawing.
    const words = [...new FormData(button.form)].filter(([, value]) => typeof value === "string");
    const request = { method: "POST", body: new URLSearchParams(words) };
    button.disabled = true;
    const answer = await fetch(button.formAction, request).catch(() => null);
    button.disabled = false;
    result.replaceChildren(await shown(answer));
  });
}

async function shown(answer) {
  if (answer?.ok && answer.headers.get("Content-Type") === "image/png") {
    const picture = new Image(240, 240);
    picture.className = "seal-picture";
    picture.alt = "印章预览图";
    picture.src = URL.createObjectURL(await answer.blob());
    picture.addEventListener("load", () => URL.revokeObjectURL(picture.src), { once: true });
    return picture;
  }
  const words = document.createElement("p");
  words.className = "field__error";
  words.textContent = answer?.status === 422 ? await answer.text() : "没有生成预览，请检查网络后重试。";
  return words;
}
