// The field kit: takes down visits and openings with or without a net, and brings each in once.
"use strict";
(() => {
  const $ = (id) => document.getElementById(id), words = JSON.parse($("words").textContent);
  const ENDED = ["done", "refused", "cancelled", "expired"], SHOWN_MS = 3 * 24 * 3600e3;
  let pack = null, sending = false, again = 0;

  const make = (tag, text, more = {}) => Object.assign(document.createElement(tag), { textContent: text ?? "" }, more);
  const say = (text, href) => {
    $("say").replaceChildren(text);
    if (href) $("say").append(" ", make("a", words.to_login, { href }));
    $("say").hidden = !text;
  };
  const net = () => {
    $("net").textContent = navigator.onLine ? words.online : words.offline;
    $("net").className = navigator.onLine ? "pill" : "pill off";
  };

  // what is taken along
  const ask = async (path, body) => {
    const answer = await fetch(path, body === undefined ? {} : { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) });
    if (answer.status === 401) { say(words.login, "/desk/login?to=/field"); throw new Error("401"); }
    const said = await answer.json();
    if (!answer.ok) throw Object.assign(new Error(said.reason), { reason: said.reason });
    return said;
  };
  const take = async (fresh) => {
    pack = fresh;
    await kept.open(pack.staff);
    await kept.put("pack", pack);
    await show();
  };
  const pick = (box, name, options, checked) => box.replaceChildren(...options.map((one, place) => {
    const label = make("label", "", { className: "pick" });
    label.append(make("input", "", { type: "radio", name, value: one.value, checked: one.value === checked || (checked === undefined && place === 0) }));
    const text = make("span", one.text);
    if (one.price) text.append(make("b", ` ${one.price}${one.per ? "/" + one.per : ""}`));
    if (one.note) text.append(make("small", one.note));
    label.append(text);
    return label;
  }));
  const chosen = (name) => document.querySelector(`[name="${name}"]:checked`)?.value;
  const spaced = (number) => number.replace(/^(\d{3})(\d{4})(\d{4})$/, "$1 $2 $3");

  const show = async () => {
    const items = await all();
    const used = new Set(items.map((item) => item.number));
    const free = pack.numbers.filter((one) => !used.has(one.number) && Date.parse(one.until) > Date.now());
    $("places").replaceChildren(...pack.places.map((place) => {
      const line = make("li"), text = make("div", place.text);
      text.append(make("small", place.note));
      line.append(text, make("span", pack.results.find((one) => one.value === place.last)?.text ?? "", { className: "pill" }));
      return line;
    }));
    document.querySelector("[data-none=places]").hidden = pack.places.length > 0;
    $("v-place").replaceChildren(...pack.places.map((one) => make("option", one.text, { value: one.value })), make("option", words.elsewhere, { value: "elsewhere" }));
    $("v-new").hidden = $("v-place").value !== "elsewhere";
    pick($("v-results"), "result", pack.results, "");
    $("have").textContent = free.length;
    $("until").textContent = free.length ? new Date(free[0].until).toLocaleString(document.documentElement.lang, { dateStyle: "short", timeStyle: "short" }) : "–";
    $("opening").hidden = free.length === 0;
    pick($("o-plans"), "plan", pack.plans, chosen("plan"));
    pick($("o-numbers"), "number", free.map((one) => ({ value: one.number, text: spaced(one.number) })));
    pick($("o-sims"), "sim", pack.sims, chosen("sim"));
    $("o-kind").replaceChildren(...pack.documents.map((one) => make("option", one.text, { value: one.value })));
    terms();
    list(items);
  };
  const agreed = () => (pack.prices[`${chosen("plan")}|${chosen("sim")}`] ?? []).map((one) => one.kind === "number" ? { ...one, value: chosen("number") } : one);
  const terms = () => {
    const lines = agreed();
    $("o-terms").replaceChildren(...lines.map((one) => { const row = make("div"); row.append(make("dt", one.label), make("dd", one.kind === "number" ? spaced(String(one.value)) : one.value)); return row; }));
    $("o-total").textContent = lines.find((one) => one.kind === "money" && one.label === totalLabel(lines))?.value ?? "";
  };
  const totalLabel = (lines) => lines.filter((one) => one.kind === "money").at(-1)?.label;

  // what is taken down
  const all = async () => (await Promise.all((await kept.names("item:")).map(kept.get))).sort((a, b) => a.at < b.at ? -1 : 1);
  const down = async (item) => {
    const name = crypto.randomUUID();
    await kept.put(`item:${name}`, { name, at: new Date().toISOString(), state: "kept", answers: [], ...item });
    say(words.kept);
    await show();
    bring();
  };
  const list = (items) => {
    const waiting = items.filter((one) => !ENDED.includes(one.state) && !one.stopped);
    $("waiting").textContent = waiting.length; $("waiting").hidden = !waiting.length;
    document.querySelector("[data-none=items]").hidden = items.length > 0;
    $("items").replaceChildren(...items.slice().reverse().map((item) => {
      const line = make("li"), text = make("div", item.title);
      const word = item.stopped ? words.person : item.state === "kept" ? words.waiting : words[item.state] ?? words.working;
      if (item.why || item.said) text.append(make("small", item.why || item.said));
      const end = item.stopped ? make("a", word, { href: `/desk/journeys/${item.journey}`, className: "pill bad" }) : make("span", word, { className: `pill ${item.state}` });
      line.append(text, end);
      line.dataset.name = item.name; line.dataset.state = item.stopped ? "stopped" : item.state;
      return line;
    }));
  };
  $("visit").onsubmit = (event) => {
    event.preventDefault();
    const place = $("v-place"), result = chosen("result"), fresh = place.value === "elsewhere";
    const lacking = !result ? words.result : fresh && !$("v-name").value.trim() ? document.querySelector("[for=v-name]").textContent : fresh && !$("v-address").value.trim() ? document.querySelector("[for=v-address]").textContent : "";
    if (lacking) { say(words.missing.replace("{what}", lacking)); return; }
    const given = { place: place.value, result, ...(fresh ? { name: $("v-name").value, address: $("v-address").value } : {}), ...($("v-note").value.trim() ? { note: $("v-note").value } : {}) };
    const name = fresh ? $("v-name").value : place.selectedOptions[0].textContent;
    event.target.reset();
    down({ function: "sweep.visit", given, title: `${words.visit}: ${name}` });
  };
  $("v-place").onchange = () => { $("v-new").hidden = $("v-place").value !== "elsewhere"; };

  // an opening: what was chosen, shown, agreed to, signed and paid
  const pad = $("o-sign"), pen = pad.getContext("2d");
  let signed = false, face = null;
  const clean = () => { pad.width = pad.clientWidth || 300; pad.height = pad.clientHeight || 160; pen.lineWidth = 3; pen.lineCap = "round"; signed = false; };
  pad.onpointerdown = (e) => { pad.setPointerCapture(e.pointerId); pen.beginPath(); pen.moveTo(e.offsetX, e.offsetY); };
  pad.onpointermove = (e) => { if (e.buttons) { pen.lineTo(e.offsetX, e.offsetY); pen.stroke(); signed = true; } };
  $("o-clear").onclick = clean;
  $("o-face").onchange = async (event) => {
    const file = event.target.files[0];
    if (!file) return;
    const picture = await createImageBitmap(file), scale = Math.min(1, 800 / Math.max(picture.width, picture.height));
    const canvas = Object.assign(document.createElement("canvas"), { width: Math.max(1, picture.width * scale), height: Math.max(1, picture.height * scale) });
    canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
    const url = canvas.toDataURL("image/jpeg", 0.8);
    face = { name: "face.jpg", type: "image/jpeg", data: url.split(",")[1] };
    $("o-seen").src = url; $("o-seen").hidden = false;
  };
  $("opening").onchange = terms;
  $("opening").onsubmit = async (event) => {
    event.preventDefault();
    const form = event.target, number = chosen("number"), name = form.holder.value.trim();
    const box = [form.holder, form.document_number, form.agree, form.cash].find((one) => !one.checkValidity());
    const lacking = box ? box.closest("label")?.textContent.trim() ?? document.querySelector(`[for=${box.id}]`).textContent : !face ? words.face : !signed ? words.sign : !number ? words.number : "";
    if (lacking) { say(words.missing.replace("{what}", lacking)); box?.focus(); return; }
    const shown = { name, document_type: form.document_type.value, document_number: form.document_number.value.trim(), face };
    const answers = [
      { key: "prove", value: shown }, { key: "agree", value: true, shown: agreed().map((one) => String(one.value)) },
      { key: "agree.signed", value: { name, type: "image/png", data: pad.toDataURL().split(",")[1] } }, { key: "money", value: { method: "cash" } },
    ];
    await down({ function: "line.open", given: { offer: chosen("plan"), number, sim: chosen("sim") }, answers, number, title: `${words.opening}: ${spaced(number)}` });
    form.reset(); clean(); face = null; $("o-seen").hidden = true; await show(); go("out");
  };

  // bringing in: each under its own name, so that twice is once; what has come in is wiped here
  const told = async (item, stands) => {
    const ended = ENDED.includes(stands.state), rest = { name: item.name, function: item.function, at: item.at, title: item.title, number: item.number };
    const why = stands.why || (ended && stands.view.said?.text) || stands.view.suggestion?.text || "";
    const left = ended || stands.stopped ? rest : item;
    await kept.put(`item:${item.name}`, { ...left, journey: stands.journey, state: stands.state, stopped: stands.stopped, why });
    return !ended && !stands.stopped;
  };
  const bring = async () => {
    if (sending || !navigator.onLine || !kept.ready()) return;
    sending = true;
    let open = false;
    try {
      for (const item of await all()) {
        if (ENDED.includes(item.state)) {
          if (Date.now() - Date.parse(item.at) > SHOWN_MS) await kept.drop(`item:${item.name}`);
          continue;
        }
        const { name, at, given = {}, answers = [] } = item;  // of what a person goes on with, only where it stands is asked
        try {
          open = await told(item, await ask("/field/items", { clock: new Date().toISOString(), item: { name, function: item.function, at, given, answers } })) || open;
        } catch (no) {
          if (!no.reason) throw no;
          await kept.put(`item:${name}`, { ...item, why: no.reason });
        }
      }
      if (!open) await take(await ask("/field/pack"));
    } catch { /* no net, or not logged in: everything stays as it is */ } finally { sending = false; }
    if (pack) await show();
    clearTimeout(again);
    if (open) again = setTimeout(bring, 1500);
  };

  $("fetch").onclick = async () => {
    if (!navigator.onLine) { say(words.later); return; }
    say("");
    try { await take(await ask("/field/numbers", { count: 10 })); if (!pack.numbers.length) say(words.none); } catch (no) { if (no.reason) say(no.reason); }
  };
  $("send").onclick = () => navigator.onLine ? bring() : say(words.later);
  $("wipe").onclick = async () => { if (confirm(words.sure)) { await kept.wipe(); location.reload(); } };
  const go = (where) => {
    for (const part of ["route", "open", "out"]) $(part).hidden = part !== where;
    document.querySelectorAll("[data-go]").forEach((one) => one.toggleAttribute("aria-current", one.dataset.go === where));
    if (where === "open" && !signed) clean();
    scrollTo(0, 0);
  };
  document.querySelectorAll("[data-go]").forEach((one) => { one.onclick = () => { say(""); go(one.dataset.go); }; });
  addEventListener("online", () => { net(); bring(); });
  addEventListener("offline", net);

  const begin = async () => {
    net();
    const staff = kept.last();
    if (staff) { await kept.open(staff); pack = await kept.get("pack"); if (pack) await show(); }
    try { await take(await ask("/field/pack")); } catch { /* what was taken along serves */ }
    bring();
  };
  navigator.serviceWorker?.register("/field/worker.js", { scope: "/field" });
  begin();
})();
