// Talks to the room's addresses. `ask` and `send` return {status, data}; status 0: the network, 401: logged out.
import { takeToken } from "../accounts/token.js";
import { patience } from "../bandian/fallbacks.js";

const root = document.querySelector("[data-chat]");
const token = () => document.querySelector("[data-token] [name=csrfmiddlewaretoken]").value;
const PATIENCE_MS = 20000;

const address = (path) => new URL(path, new URL(root.dataset.url, location.href));

async function answer(request) {
  try {
    const response = await request;
    if (response.redirected) return { status: 401 };
    const isJson = response.headers.get("Content-Type")?.startsWith("application/json");
    const wait = Number(response.headers.get("Retry-After")) || 0;
    return { status: response.status, data: isJson ? await response.json() : null, wait };
  } catch {
    return { status: 0 };
  }
}

/** `asking`, an AbortController, takes the question back. */
export function ask(path, query = {}, asking = new AbortController()) {
  const url = address(path);
  url.search = new URLSearchParams(query);
  const headers = { Accept: "application/json" };
  return answer(fetch(url, { headers, signal: patience(PATIENCE_MS, asking) }));
}

export async function send(path, fields = {}, isFirst = true) {
  const body = new URLSearchParams({ csrfmiddlewaretoken: token() });
  for (const [name, value] of Object.entries(fields)) {
    for (const each of [value].flat()) body.append(name, each);
  }
  const headers = { Accept: "application/json" };
  const request = { method: "POST", headers, body, signal: patience(PATIENCE_MS) };
  const got = await answer(fetch(address(path), request));
  // Logged in anew on another page: the answer brought the token that counts now.
  return got.status === 403 && isFirst && takeToken(got.data) ? send(path, fields, false) : got;
}

/** Send a file; `onProgress(part of 1)`. Returns {promise, abort}. */
export function sendFile(path, fields, onProgress) {
  const body = new FormData();
  for (const [name, value] of Object.entries({ csrfmiddlewaretoken: token(), ...fields })) body.append(name, value);
  const request = new XMLHttpRequest();
  const promise = new Promise((done) => {
    request.upload.addEventListener("progress", (event) => onProgress(event.loaded / event.total));
    request.addEventListener("loadend", () => done({ status: request.status, data: parsed(request.responseText) }));
  });
  request.open("POST", address(path));
  request.setRequestHeader("Accept", "application/json");
  request.send(body);
  return { promise, abort: () => request.abort() };
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** What to tell where something was refused. */
export function wordsOf({ status, data }) {
  if (data?.error) return data.error.message;
  if (status === 401) return "登录已过期，请重新登录；内容还在。";
  if (status === 403) return "页面已过期，请重新登录后重试；内容还在。";
  if (status === 404) return "您已不在这个群聊里。";
  if (status === 413) return "文件太大，没有发送。";
  return status ? "服务器暂时没有响应。" : "网络不通。";
}
