// Comforts for those who work here all day. Everything works without them.
(() => {
  const all = (what) => document.querySelectorAll(what);
  const typing = () => document.activeElement?.matches("input, select, textarea");

  // Held moments count down, to the second in their last hour.
  const tick = () => all("time[data-until]").forEach((time) => {
    const left = Math.round((Date.parse(time.dateTime) - Date.now()) / 1000);
    if (left > 3600) return;
    const rest = Math.max(left, 0);
    time.textContent = `${Math.floor(rest / 60)}:${String(rest % 60).padStart(2, "0")}`;
    time.classList.toggle("late", rest < 60);
  });
  setInterval(tick, 1000);

  // A part that waits looks again, and is changed only when there is something new.
  const look = async (part) => {
    const answer = await fetch(part.dataset.poll, { headers: { "X-Part": "main" } }).catch(() => null);
    if (answer?.status === 200) {
      const page = new DOMParser().parseFromString(await answer.text(), "text/html"), found = page.getElementById(part.id);
      if (found) {
        const here = part.contains(document.activeElement) && document.activeElement.id, heading = found.querySelector("h1");
        found.querySelectorAll("details[id]").forEach((one) => { one.open = !!document.getElementById(one.id)?.open; });
        part.replaceWith(found);
        if (page.title) document.title = page.title;
        // Whoever stood in the part that changed goes on at the same place, else at what is said now.
        if (here !== false) { heading?.setAttribute("tabindex", "-1"); ((here && document.getElementById(here)) || heading)?.focus({ preventScroll: true }); }
      }
    }
    wait();
  };
  const wait = () => { const part = document.querySelector("[data-poll]"); if (part) setTimeout(() => look(part), +(part.dataset.every || 2000)); };

  // A long list is searched while words are typed.
  let due;
  document.addEventListener("input", (e) => {
    const form = e.target.closest("form[data-search]");
    if (!form) return;
    clearTimeout(due);
    due = setTimeout(async () => {
      const words = e.target.value;
      const answer = await fetch(`${form.dataset.search}?q=${encodeURIComponent(words)}`);
      if (answer.ok && e.target.value === words) document.getElementById("options").innerHTML = await answer.text();
    }, 300);
  });

  // Keys: "/" finds a customer, "c" takes a code, "f" narrows the functions, a figure picks an option, Escape leaves a box.
  document.addEventListener("keydown", (e) => {
    if (e.ctrlKey || e.metaKey || e.altKey) return;
    if (e.key === "Escape" && typing()) { document.activeElement.blur(); return; }
    if (typing() && document.activeElement.type !== "radio") return;
    const box = e.key === "/" ? document.querySelector("[data-key='/']") : /^[cf]$/.test(e.key) ? document.querySelector(`[data-key=${e.key}]`) : null;
    if (box) { e.preventDefault(); box.focus(); box.select?.(); return; }
    if (/^[1-9]$/.test(e.key)) {
      const option = all("#options .opt")[+e.key - 1];
      if (option) { e.preventDefault(); option.querySelector("input") ? option.querySelector("input").focus() ?? (option.querySelector("input").checked = true) : option.focus(); }
    }
  });

  // A list on the page is narrowed by words, an SMS keyword too; Enter begins the first that is left.
  document.addEventListener("input", (e) => {
    if (!e.target.dataset.narrow) return;
    const words = e.target.value.trim().toLowerCase();
    all(e.target.dataset.narrow).forEach((form) => { form.hidden = !form.dataset.words.includes(words); });
    all(".fams > div:not(.between)").forEach((family) => { family.hidden = !family.querySelector("form:not([hidden])"); });
  });
  document.addEventListener("keydown", (e) => {
    if (e.key !== "Enter" || !e.target.dataset?.narrow) return;
    document.querySelector(`${e.target.dataset.narrow}:not([hidden]) button`)?.focus();
  });

  // Six digits are enough: the baton is taken as soon as the last is typed or scanned.
  document.addEventListener("input", (e) => {
    if (!e.target.matches(".baton")) return;
    const scanned = e.target.value.match(/\/[ch]\/(\w{16}|\d{6})$/);
    if (scanned) e.target.value = scanned[1];
    if (scanned || /^\d{6}$/.test(e.target.value.replace(/\s/g, ""))) e.target.form.requestSubmit();
  });

  // A form is sent once, however often it is pressed.
  document.addEventListener("submit", (e) => {
    if (e.target.method !== "post") return;
    if (e.target.dataset.sent) e.preventDefault();
    e.target.dataset.sent = "1";
  });
  addEventListener("pageshow", () => all("form[data-sent]").forEach((form) => delete form.dataset.sent));
  document.addEventListener("click", (e) => {
    if (e.target.closest("[data-print]")) print();
    const chip = e.target.closest("[data-fill] button");
    if (chip) { const field = document.getElementById(chip.parentElement.dataset.fill); field.value = chip.value; field.focus(); }
  });
  const thread = document.querySelector(".sms");
  if (thread) thread.scrollTop = thread.scrollHeight;
  // On a phone the ways lie in a row: the one that is taken is seen.
  const taken = document.querySelector(".rail nav [aria-current]"), ways = taken?.parentElement;
  if (ways && ways.scrollWidth > ways.clientWidth) ways.scrollLeft = taken.offsetLeft - ways.offsetLeft - 14;
  tick(); wait();
})();
