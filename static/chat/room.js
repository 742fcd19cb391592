// The room: puts the parts together. What is shown follows the server's numbers; the socket only makes it quick.
import { live } from "../notifications/live.js";
import { acts } from "./acts.js";
import { announcer } from "./announce.js";
import { Composer } from "./composer.js";
import { connection } from "./connection.js";
import { Files } from "./files.js";
import { Lines } from "./lines.js";
import { Outbox } from "./outbox.js";
import { Pending } from "./pending.js";
import { Scroll } from "./scroll.js";
import { wordsOf } from "./server.js";
import { Sync } from "./sync.js";
import { viewer } from "./viewer.js";
import "./viewport.js";

const root = document.querySelector("[data-chat]");
const { me, name, role, frontRoom: room, readsPattern } = root.dataset;
const part = (wanted) => root.querySelector(`[data-${wanted}]`);
const mayPost = "mayPost" in root.dataset;
const lines = new Lines(part("lines"), me, readsPattern);
const announce = announcer(part("announcer"), me);
let members = [];
let composer, outbox, files, pending;

root.dataset.ready = "";
const scroll = new Scroll(root, lines);

function tell(words) {
  part("status").textContent = words;
  part("status").hidden = !words;
}

function take(messages) {
  const wasAtEnd = scroll.isAtEnd;
  let added = 0;
  let own = false;
  for (const message of messages) {
    if (message.uuid && message.author.user === me && outbox) settle(message.uuid);
    if (scroll.behind && !lines.find(message.seq)) {
      if (message.seq > lines.last && !message.recalled) added += 1;
      continue;
    }
    const line = lines.put(message);
    if (line || message.recalled) announce(message);
    if (!line) continue;
    added += 1;
    own ||= message.author.user === me;
  }
  lines.nameDays();
  lines.showReads(members);
  if (added) scroll.added(added, own && !scroll.behind, wasAtEnd);
}

function settle(uuid) {
  outbox.drop(uuid);
  files.drop(uuid);
  pending.remove(uuid);
}

function tellState(state) {
  members = state.members;
  part("member-count").textContent = members.length;
  composer?.showMembers(members, me);
  lines.showReads(members);
  if (state.may_post === mayPost) return;
  if (mayPost && part("text").value) tell(state.obstacle);
  else location.reload();
}

const sync = new Sync({
  room,
  change: Number(root.dataset.change),
  take,
  tell: tellState,
  gone: (status) => {
    tell(wordsOf({ status }));
    if (status === 404) part("composer")?.remove();
  },
});

live.addEventListener("chat.removed", ({ detail }) => detail.room === room && sync.run());
live.addEventListener("chat.read", ({ detail }) => {
  if (detail.room !== room) return;
  for (const member of members) if (member.user === detail.user) member.read = Math.max(member.read, detail.seq);
  lines.showReads(members);
});

if (mayPost) {
  const arrived = (message) => {
    settle(message.uuid);
    take([message]);
    sync.hear({ change: message.change, message });
  };
  const author = { user: me, name, role };
  composer = new Composer(root, (entry) => {
    outbox.add(entry);
    if (scroll.behind) scroll.toEnd(); // the newest lines are another page; the outbox goes along
  });
  pending = new Pending(part("lines"), author, {
    retry: (uuid) => files.retry(uuid) || outbox.retry(uuid),
    cancel: settle,
    edit: (uuid) => {
      composer.put(outbox.entries.find((each) => each.uuid === uuid).body);
      settle(uuid);
    },
  });
  const show = (entry, words, progress) => {
    const wasAtEnd = scroll.isAtEnd;
    const isNew = pending.show(entry, words, progress);
    if (isNew || wasAtEnd) scroll.added(0, isNew, wasAtEnd);
  };
  files = new Files(root, { show, sent: arrived, complain: (words) => composer.complain(words) });
  outbox = new Outbox(`chat-outbox:${me}:${room}`, { show, sent: arrived });
  outbox.pump();
}

acts(root, { scroll, composer, recalled: () => sync.run() });
viewer(root);
sync.run();
connection((words) => sync.over || tell(words));
