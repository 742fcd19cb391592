// A line as an element. What a line looks like and says is decided by the server: its own template comes with the page as
// patterns, of one's own lines and of those of others, where {author.name} stands for that value of the message.
const patterns = document.querySelectorAll("[data-line-pattern]");
const NAME = /\{([a-z_.]+)\}/g;

const valueOf = (values, path) => path.split(".").reduce((value, name) => value?.[name], values);

/** Put values into a text in the place of their names. */
export const filled = (text, values) => text.replace(NAME, (_, path) => valueOf(values, path) ?? "");

export function lineOf(said, me) {
  const message = { summary: said.body, ...said };
  const whose = message.author.user === me ? "mine" : "others";
  const pattern = [...patterns].find(({ dataset }) => dataset.linePattern === whose);
  const line = pattern.content.firstElementChild.cloneNode(true);
  for (const part of line.querySelectorAll("[data-part]")) if (!valueOf(message, part.dataset.part)) part.remove();
  const nodes = document.createTreeWalker(line, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT);
  for (let node = line; node; node = nodes.nextNode()) {
    if (node.nodeType === Node.TEXT_NODE) node.data = filled(node.data, message);
    else for (const attribute of node.attributes) attribute.value = filled(attribute.value, message);
  }
  return line;
}
