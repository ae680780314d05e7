// Keeps the last pages a customer read on this phone, theirs alone, and shows them with their time when there is no net.
"use strict";
const SHELL = `hall-shell-${MARK}`, READS = "hall-reads", WHO = "/.reader", DAY = 24 * 3600e3;

self.addEventListener("install", (event) => {
  self.skipWaiting();
  event.waitUntil(caches.open(SHELL).then((shelf) => shelf.addAll(FILES)));
});
self.addEventListener("activate", (event) => event.waitUntil((async () => {
  for (const name of await caches.keys()) if (name.startsWith("hall-shell-") && name !== SHELL) await caches.delete(name);
  await self.clients.claim();
})()));

// Who reads here: when that is somebody else, or nobody, all that was kept for the one before goes.
const learn = async (request, answer) => {
  const reader = answer.headers.get("x-reader");
  if (!reader) return;
  let shelf = await caches.open(READS);
  const before = await (await shelf.match(WHO))?.text();
  if (before !== reader) {
    await caches.delete(READS);
    shelf = await caches.open(READS);
    await shelf.put(WHO, new Response(reader));
  }
  await shelf.put("/.language", new Response(answer.headers.get("content-language") ?? "en"));
  if (!answer.ok || !answer.headers.has("x-keep")) return;
  const headers = new Headers(answer.headers);
  headers.set("x-read-at", new Date().toISOString());
  await shelf.put(request.url, new Response(await answer.clone().text(), { headers }));
};

const offline = async () => {
  const tag = await (await caches.match("/.language"))?.text() ?? "en";
  return await caches.match(`/offline/${tag}`) ?? Response.error();
};

// A page from before says so, and when it was read.
const before = async (request) => {
  const found = await (await caches.open(READS)).match(request.url, { ignoreVary: true });
  const at = found && new Date(found.headers.get("x-read-at"));
  if (!found || Date.now() - at > DAY) return offline();
  const language = found.headers.get("content-language") ?? "en";
  const time = at.toLocaleString(language, { dateStyle: "medium", timeStyle: "short" });
  const text = (await found.text()).replace("<html ", `<html data-old="${at.toISOString()}" `).replace('<time id="old-at"></time>', `<time id="old-at" datetime="${at.toISOString()}">${time}</time>`);
  return new Response(text, { headers: found.headers });
};

const read = async (request) => {
  let answer;
  try { answer = await fetch(request); } catch { return request.method === "GET" ? before(request) : offline(); }
  if (request.method === "GET") await learn(request, answer);
  return answer;
};

self.addEventListener("fetch", (event) => {
  const request = event.request, url = new URL(request.url);
  if (request.destination === "iframe" || url.origin !== location.origin || /^\/(field|desk|console|sim|kiosk|hotline)\b/.test(url.pathname)) return;
  if (request.mode === "navigate") {
    const leaves = request.method === "POST" && url.pathname === "/logout";
    event.respondWith((leaves ? caches.delete(READS) : Promise.resolve()).then(() => read(request)));
  } else if (request.method === "GET" && url.pathname.startsWith("/static/")) {
    event.respondWith(caches.match(request, { ignoreVary: true }).then((found) => found ?? fetch(request)));
  }
});

self.addEventListener("push", (event) => {
  const told = event.data?.json() ?? { title: "Onehall", text: "", path: "/" };
  event.waitUntil(self.registration.showNotification(told.title, { body: told.text, icon: "/icon/192", data: { path: told.path } }));
});
self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(self.clients.openWindow(event.notification.data?.path ?? "/"));
});
