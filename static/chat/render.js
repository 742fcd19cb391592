// One line of the room as an element, from the page's own pattern (templates/chat/_line.html).
const pattern = document.querySelector("[data-line-template]")?.content.firstElementChild;
const THUMB_SHOWN = 240; // as chat.templatetags.chat_lines

export const sizeOf = (bytes) =>
  bytes < 1024
    ? `${bytes} 字节`
    : bytes < 1048576
      ? `${(bytes / 1024).toFixed(1)} KB`
      : `${(bytes / 1048576).toFixed(1)} MB`;

export function recalledWords({ recalled, author }, me) {
  if (!recalled.by) return author.user === me ? "您撤回了一条消息" : `${author.name} 撤回了一条消息`;
  return `${recalled.by} 撤回了 ${author.name} 的一条消息${recalled.reason ? `，原因：${recalled.reason}` : ""}`;
}

/** What a line says in a few words, for quotes and for the announcer. */
export function summary(message) {
  if (message.recalled) return "消息已撤回";
  if (message.kind === "image") return "[图片]";
  if (message.kind === "file") return `[文件] ${message.file.name}`;
  return message.body.replace(/\s+/g, " ").slice(0, 60);
}

export function lineOf(message, me) {
  const line = pattern.cloneNode(true);
  const part = (name) => line.querySelector(`[data-${name}]`);
  const drop = (...names) => names.forEach((name) => part(name)?.remove());
  const { kind, author, file, reply, recalled } = message;
  line.id = message.seq ? `m${message.seq}` : "";
  line.className = `line${kind === "system" ? " line--system" : author.user === me ? " line--mine" : ""}`;
  Object.assign(line.dataset, { seq: message.seq || "", day: message.day, id: message.id, uuid: message.uuid ?? "" });
  if (author) {
    part("author").textContent = author.name;
    part("role").textContent = author.role;
  } else drop("who");
  part("body").textContent = message.body;
  part("time").textContent = message.time;
  part("time").dateTime = message.at;
  if (recalled) part("recalled").textContent = recalledWords(message, me);
  if (reply) {
    part("quote").href = `?around=${reply.seq}#m${reply.seq}`;
    part("quote").dataset.replySeq = reply.seq;
    part("quote-name").textContent = reply.name;
    part("quote-text").textContent = reply.text;
  }
  if (file && kind === "image") showImage(part("image"), file);
  if (file && kind === "file") {
    part("file").href = file.download;
    part("file-name").textContent = file.name;
    part("file-size").textContent = sizeOf(file.size);
    part("file-notes").textContent = file.notes;
  }
  drop(...(recalled ? [] : ["recalled"]), ...(reply ? [] : ["quote"]), ...(message.body ? [] : ["body"]));
  drop(...(file && kind === "image" ? [] : ["image"]), ...(file && kind === "file" ? [] : ["file", "file-notes"]));
  if (author?.user !== me || recalled) drop("state");
  if (!author || recalled || !message.id) drop("acts");
  else showActs(line, message, me);
  return line;
}

function showImage(link, file) {
  link.href = file.url;
  const image = link.querySelector("img");
  const scale = Math.min(1, THUMB_SHOWN / Math.max(file.width, file.height));
  Object.assign(image, { src: file.thumb, alt: `图片：${file.name}` });
  if (file.width) {
    image.width = Math.round(file.width * scale);
    image.height = Math.round(file.height * scale);
  }
}

function showActs(line, message, me) {
  line.querySelector("[data-reply]").href = `?reply=${message.id}#composer`;
  const recall = line.querySelector("[data-recall]");
  recall.href = recall.getAttribute("href").replace(/[0-]{36}/, message.id);
  if (message.author.user !== me && !("manager" in document.querySelector("[data-chat]").dataset)) recall.remove();
}
