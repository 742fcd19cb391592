// A form marked data-keep-files is sent in the background: where the answer is the form with errors, these are copied
// into the page, so that neither the chosen files nor what was typed is lost. 201 carries the page to go to.
import { takeToken } from "../accounts/token.js";

const FAILURES = {
  0: "没有提交成功，请检查网络后重试。",
  401: "没有提交：登录已过期，重新登录后再点一次；这里的内容还在。",
  403: "没有提交：页面已过期，重新登录后再点一次；这里的内容还在。",
  413: "所选文件合计太大，没有提交成功，请压缩后重试。",
};
const OTHER = "没有提交成功，请稍后重试。";

function copyErrors(form, page) {
  const fresh = page.querySelector("[data-keep-files]");
  const fields = [...fresh.querySelectorAll(".field")];
  form.querySelectorAll(".field").forEach((field, number) => {
    field.querySelector(":scope > .field__error")?.remove();
    field.className = fields[number].className;
    const error = fields[number].querySelector(":scope > .field__error");
    if (error) field.querySelector(":scope > :is(label, legend)").after(error);
    for (const name of ["aria-invalid", "aria-describedby"]) {
      const [ours, theirs] = [field, fields[number]].map((part) => part.querySelector("input"));
      if (theirs.hasAttribute(name)) ours.setAttribute(name, theirs.getAttribute(name));
      else ours.removeAttribute(name);
    }
  });
  document.querySelector("[data-error-summary]")?.remove();
  const summary = page.querySelector("[data-error-summary]");
  form.before(summary);
  summary.focus();
  document.title = page.title;
}

async function send(form, button) {
  const failure = form.querySelector("[data-send-error]");
  const request = { method: "POST", body: new FormData(form), headers: { "X-Requested-With": "XMLHttpRequest" } };
  const label = [...button.childNodes];
  button.disabled = true;
  button.replaceChildren("正在提交…");
  let answer = await fetch(form.action, request).catch(() => null);
  if (answer?.status === 403 && takeToken(await answer.clone().json().catch(() => null))) {
    request.body = new FormData(form);
    answer = await fetch(form.action, request).catch(() => null);
  }
  if (answer?.status === 201) {
    location.assign(answer.headers.get("Location"));
    return;
  }
  const page = new DOMParser().parseFromString((await answer?.text()) ?? "", "text/html");
  const isForm = answer?.ok && page.querySelector("[data-keep-files]");
  failure.hidden = Boolean(isForm);
  failure.textContent = FAILURES[answer?.status ?? 0] ?? OTHER;
  if (isForm) copyErrors(form, page);
  button.replaceChildren(...label);
  button.disabled = false;
}

for (const form of document.querySelectorAll("[data-keep-files]")) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (event.submitter && !event.submitter.disabled) send(form, event.submitter);
  });
}
