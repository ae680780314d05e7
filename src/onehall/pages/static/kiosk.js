// The kiosk's screen: keys to touch, looking for what is new, and forgetting whoever went away.
"use strict";
(() => {
  const body = document.body, number = (name) => Number(body.dataset[name] || 0);
  const still = document.getElementById("still"), left = document.getElementById("left");
  const PATIENCE = 10_000;  // ms: a house that has not answered by then is asked once more; to ask again breaks off what is under way
  const now = () => performance.now();  // a clock that is put right meanwhile keeps nobody waiting
  let seen = now(), asked = -Infinity;

  const stir = () => { seen = now(); if (still) still.hidden = true; };
  for (const kind of ["pointerdown", "keydown", "touchstart"]) addEventListener(kind, stir, { passive: true });

  const leave = () => { if (now() - asked > PATIENCE) { asked = now(); location.replace("/kiosk/leave"); } };
  const gone = () => { document.body.replaceChildren(); leave(); };
  const tick = () => {
    const rest = number("idle") - (now() - seen) / 1000;
    if (body.dataset.home !== undefined) { if (rest <= 0) leave(); return; }
    if (rest <= 0) { gone(); return; }
    if (still && rest <= number("warn")) { still.hidden = false; left.textContent = String(Math.ceil(rest)); document.getElementById("stay").focus(); }
  };
  setInterval(tick, 250);
  addEventListener("pageshow", (event) => { if (event.persisted) { asked = -Infinity; gone(); } });

  for (const pad of document.querySelectorAll("[data-pad]")) {
    const box = document.getElementById(pad.dataset.pad);
    pad.hidden = false;
    pad.addEventListener("click", (event) => {
      const key = event.target.closest("button");
      if (!key) return;
      if (key.dataset.do === "back") box.value = box.value.slice(0, -1);
      else if (key.dataset.do === "clear") box.value = "";
      else if (box.maxLength < 0 || box.value.length < box.maxLength) box.value += key.value;
      box.dispatchEvent(new Event("input", { bubbles: true }));
    });
  }
  for (const box of document.querySelectorAll("input[data-pads]")) box.addEventListener("focus", () => {
    for (const pad of document.querySelectorAll("[data-pad]")) { pad.dataset.pad = box.id; }
  });

  const poll = body.dataset.poll;
  if (poll) setInterval(async () => {
    try {
      const answer = await fetch(poll, { headers: { "x-part": "main" }, redirect: "follow", cache: "no-store" });
      if (answer.status !== 204 && asked < 0) location.reload();
    } catch { /* the house is away for a moment; the next look tells */ }
  }, 1500);
})();
