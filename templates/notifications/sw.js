// Shows every push message, and opens what it points to; one of a page that is in front takes the other's place by its
// tag. A browser that is told nothing three times ends the subscription (Safari). Keeps nothing.
self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

function read(data) {
  try {
    return data.json() ?? {};
  } catch {
    return {};
  }
}

self.addEventListener("push", (event) => {
  const { title = "您有新消息", kind, url, tag } = read(event.data);
  event.waitUntil(self.registration.showNotification(title, { body: kind, tag, data: { url }, lang: "zh-Hans" }));
});

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  const url = new URL(event.notification.data?.url ?? "/messages/", self.location.origin);
  if (url.origin === self.location.origin) event.waitUntil(self.clients.openWindow(url.href));
});
