// What a phone can do besides: keep what was read, tell its owner things, and read a code with its camera.
"use strict";
(() => {
  if (self === top) navigator.serviceWorker?.register("/worker.js");  // inside a company's pages nothing is kept

  // words to this browser
  const box = document.querySelector("[data-push]");
  const post = (path, body) => fetch(path, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) });
  const plain = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  const raw = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (sign) => sign.charCodeAt(0));
  const pretend = () => {
    let name = localStorage.getItem("hall.push");
    if (!name) { name = crypto.randomUUID(); localStorage.setItem("hall.push", name); }
    const bytes = (count) => plain(crypto.getRandomValues(new Uint8Array(count)));
    return { endpoint: `https://browser.simulated/${name}`, key: bytes(65), secret: bytes(16) };
  };
  const subscribe = async () => {
    if (!box.dataset.push) return pretend();
    if (await Notification.requestPermission() !== "granted") throw new Error("denied");
    const made = await (await navigator.serviceWorker.ready).pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: raw(box.dataset.push) });
    return { endpoint: made.endpoint, key: plain(made.getKey("p256dh")), secret: plain(made.getKey("auth")) };
  };
  const shown = (on) => {
    localStorage.setItem("hall.told", on ? "1" : "");
    for (const part of box.querySelectorAll("[data-when]")) part.hidden = part.dataset.when !== (on ? "on" : "off");
  };
  if (box && (!box.dataset.push || "PushManager" in window)) {
    box.hidden = false;
    shown(Boolean(localStorage.getItem("hall.told")));
    const no = box.querySelector("[data-no]");
    box.addEventListener("click", async (event) => {
      const wish = event.target.closest("button")?.dataset.turn;
      if (!wish) return;
      no.hidden = true;
      try {
        const device = await subscribe();
        const answer = await post(`/push/${wish}`, device);
        if (!answer.ok) throw new Error(answer.status);
        shown(wish === "on");
      } catch { no.hidden = false; }
    });
  }

  // a code before the camera
  const scan = document.querySelector("[data-scan]");
  const field = scan && document.getElementById(scan.dataset.scan);
  const found = (text) => {
    const code = /\/c\/(\d{6})\b/.exec(text)?.[1] ?? /^\d{6}$/.exec(text.trim())?.[0];
    if (code) { field.value = code; field.form.requestSubmit(); return true; }
    const own = text.startsWith(`${location.origin}/`);
    if (own) location.assign(text);
    return own;
  };
  const look = async (detector, source) => (await detector.detect(source).catch(() => [])).some((one) => found(one.rawValue));
  const live = async (detector, video) => {
    const stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
    const stop = () => { stream.getTracks().forEach((track) => track.stop()); video.hidden = true; };
    video.srcObject = stream; video.hidden = false;
    await video.play();
    scan.querySelector("[data-stop]").onclick = stop;
    const again = async () => { if (video.hidden) return; if (await look(detector, video)) stop(); else setTimeout(again, 250); };
    again();
  };
  if (scan && "BarcodeDetector" in window) {
    const detector = new BarcodeDetector({ formats: ["qr_code"] }), video = scan.querySelector("video");
    scan.hidden = false;
    scan.querySelector("[data-live]").hidden = !navigator.mediaDevices?.getUserMedia;
    scan.querySelector("[data-live]").onclick = () => live(detector, video).catch(() => { scan.querySelector("[data-live]").hidden = true; });
    scan.querySelector("input").onchange = async (event) => {
      const file = event.target.files[0];
      scan.querySelector("[data-none]").hidden = !file || await look(detector, await createImageBitmap(file));
    };
  }
})();
