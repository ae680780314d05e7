// What the kit keeps: sealed (AES-GCM) under a key that never leaves this browser, one shelf for each member of staff.
"use strict";
const kept = (() => {
  const wish = (request) => new Promise((good, bad) => { request.onsuccess = () => good(request.result); request.onerror = () => bad(request.error); });
  let shelf = null;
  const shelfOf = (staff) => `field-${staff}`;

  const open = async (staff) => {
    if (shelf?.name === shelfOf(staff)) return;
    shelf?.close();
    const request = indexedDB.open(shelfOf(staff), 1);
    request.onupgradeneeded = () => { request.result.createObjectStore("keys"); request.result.createObjectStore("sealed"); };
    shelf = await wish(request);
    localStorage.setItem("field.staff", staff);
  };

  const on = (name, mode) => shelf.transaction(name, mode).objectStore(name);

  const key = async () => {
    const found = await wish(on("keys", "readonly").get("key"));
    if (found) return found;
    const made = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
    await wish(on("keys", "readwrite").put(made, "key"));
    return made;
  };

  const put = async (name, value) => {
    const iv = crypto.getRandomValues(new Uint8Array(12));
    const data = await crypto.subtle.encrypt({ name: "AES-GCM", iv }, await key(), new TextEncoder().encode(JSON.stringify(value)));
    await wish(on("sealed", "readwrite").put({ iv, data }, name));
  };

  const get = async (name) => {
    const found = await wish(on("sealed", "readonly").get(name));
    if (!found) return null;
    const plain = await crypto.subtle.decrypt({ name: "AES-GCM", iv: found.iv }, await key(), found.data);
    return JSON.parse(new TextDecoder().decode(plain));
  };

  const names = async (prefix) => (await wish(on("sealed", "readonly").getAllKeys())).filter((name) => name.startsWith(prefix));
  const drop = (name) => wish(on("sealed", "readwrite").delete(name));

  const wipe = async () => {
    const name = shelf?.name;
    shelf?.close(); shelf = null;
    localStorage.removeItem("field.staff");
    if (name) await wish(indexedDB.deleteDatabase(name));
  };
  return { open, put, get, names, drop, wipe, last: () => localStorage.getItem("field.staff"), ready: () => shelf !== null };
})();
