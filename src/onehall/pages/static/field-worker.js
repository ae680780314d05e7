// Keeps the kit's page, so that it opens without a net. What staff take down is kept elsewhere, sealed.
"use strict";
const SHELF = "field-page";
self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));
const keep = async (request, answer) => {
  if (answer.ok && !answer.redirected) await (await caches.open(SHELF)).put(request, answer.clone());
  return answer;
};
const page = (url) => url.pathname === "/field" || url.pathname.startsWith("/pages/");
self.addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  if (event.request.method !== "GET" || url.origin !== location.origin || !page(url)) return;
  event.respondWith(fetch(event.request).then((answer) => keep(event.request, answer)).catch(async () => {
    const found = await caches.match(event.request, { ignoreVary: true, ignoreSearch: url.pathname === "/field" });
    return found ?? Response.error();
  }));
});
