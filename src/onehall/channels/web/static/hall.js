// The hall's small comforts. Everything works without them.
(() => {
  const each = (root, what, then) => root.querySelectorAll(what).forEach(then);

  // Counts every held moment down, to the second in its last hour.
  const tick = () => each(document, "time[data-until]", (time) => {
    const left = Math.round((Date.parse(time.dateTime) - Date.now()) / 1000);
    if (left > 3600) return;
    const rest = Math.max(left, 0);
    time.textContent = `${Math.floor(rest / 60)}:${String(rest % 60).padStart(2, "0")}`;
    time.classList.toggle("late", rest < 60);
  });
  setInterval(tick, 1000);

  // A deadline is told by the reader's own clock, wherever they are.
  each(document, "time[data-local]", (time) => {
    const at = new Date(time.dateTime), soon = at - Date.now() < 43200000;
    const shown = soon ? { hour: "2-digit", minute: "2-digit", hourCycle: "h23" } : { dateStyle: "medium", timeStyle: "short" };
    time.textContent = at.toLocaleString(document.documentElement.lang, shown);
  });

  const pad = (box) => {
    const canvas = box.querySelector("canvas"), pen = canvas.getContext("2d"), kept = box.querySelector("[name=drawn]");
    box.hidden = false;
    canvas.width = canvas.clientWidth; canvas.height = canvas.clientHeight;
    pen.lineWidth = 3; pen.lineCap = "round";
    const at = (e) => [e.offsetX, e.offsetY];
    canvas.onpointerdown = (e) => { canvas.setPointerCapture(e.pointerId); pen.beginPath(); pen.moveTo(...at(e)); };
    canvas.onpointermove = (e) => { if (e.buttons) { pen.lineTo(...at(e)); pen.stroke(); } };
    canvas.onpointerup = () => { kept.value = canvas.toDataURL(); };
    box.querySelector("[data-clear]").onclick = () => { pen.clearRect(0, 0, canvas.width, canvas.height); kept.value = ""; };
  };

  // A photograph is made small enough to send over a weak network.
  const shrink = async (field) => {
    const file = field.files[0];
    if (!file.type.startsWith("image/") || file.size < 5e5) return;
    const picture = await createImageBitmap(file), scale = Math.min(1, 1600 / Math.max(picture.width, picture.height));
    const canvas = Object.assign(document.createElement("canvas"), { width: picture.width * scale, height: picture.height * scale });
    canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
    canvas.toBlob((made) => {
      const kept = new DataTransfer();
      kept.items.add(new File([made], file.name.replace(/\.\w+$/, ".jpg"), { type: "image/jpeg" }));
      field.files = kept.files;
    }, "image/jpeg", 0.85);
  };

  const ready = (root) => { tick(); each(root, "[data-sign]", pad); };

  document.addEventListener("change", (e) => {
    const said = e.target.form?.querySelector("[data-picked]");
    if (said && e.target.dataset.label) said.value = e.target.dataset.label;
    if (e.target.matches("[data-preview]") && e.target.files[0]?.type.startsWith("image/")) {
      const seen = e.target.nextElementSibling?.tagName === "IMG" ? e.target.nextElementSibling : e.target.insertAdjacentElement("afterend", new Image());
      seen.className = "seen"; seen.alt = e.target.files[0].name; seen.src = URL.createObjectURL(e.target.files[0]);
      shrink(e.target);
    }
  });

  document.addEventListener("click", (e) => {
    const box = e.target.closest("[data-fill]"), chip = e.target.closest("button.chip");
    if (box && chip) { const field = document.getElementById(box.dataset.fill); field.value = chip.value; field.focus(); }
  });

  // A payment that is awaited looks again; what is said changes in its place, so that nobody loses theirs.
  const again = async () => {
    const part = document.querySelector("[data-again]");
    if (!part) return;
    const answer = await fetch(part.dataset.again, { redirect: "manual" }).catch(() => null);
    if (answer?.type === "opaqueredirect") { location.replace(part.dataset.again); return; }
    const found = answer?.ok && new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("[role=status]");
    if (found) {
      if (found.textContent !== part.textContent) part.textContent = found.textContent;
      if (found.dataset.again) part.dataset.again = found.dataset.again; else delete part.dataset.again;
    }
    setTimeout(again, 1000);
  };
  setTimeout(again, 1000);

  // A plain form is sent once, however often it is pressed.
  document.addEventListener("submit", (e) => {
    if (e.defaultPrevented || e.target.method !== "post") return;
    if (e.target.dataset.sent) e.preventDefault();
    e.target.dataset.sent = "1";
  });
  addEventListener("pageshow", () => each(document, "form[data-sent]", (form) => delete form.dataset.sent));

  // After a swap the new question is where reading goes on, for eyes and for screen readers.
  document.addEventListener("htmx:afterSettle", (e) => {
    ready(document);
    const heading = document.querySelector("#journey [data-focus]");
    if (!heading || e.detail.elt?.id !== "journey") return;
    document.title = heading.textContent.trim() + " · Onehall";
    heading.focus({ preventScroll: true }); scrollTo(0, 0);
  });
  ready(document);
})();
