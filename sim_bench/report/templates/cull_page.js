"use strict";
// Without this script the page reads the same: all photos in the order given, all reasons.
document.documentElement.classList.add("js");
document.addEventListener("DOMContentLoaded", () => {
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const one = (selector, within = document) => within.querySelector(selector);
  const main = one("main"), large = one("#large"), find = one("#find"), kind = one("#kind");
  const order = one("#order"), groups = all("section.group"), cards = all(".card");
  const words = new Map(cards.map((card) => {
    const group = one(".about", card.closest(".group")).textContent;
    const own = all(".name, .why, .mark b", card).map((part) => part.textContent).join(" ");
    return [card, `${own} ${group}`.toLocaleLowerCase()];
  }));
  for (const part of all(".tools, .keys")) part.hidden = false;

  // One photo at a time is in the order of the Tab key; the arrows move among them.
  for (const card of cards) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "open";
    button.tabIndex = -1;
    const frame = one(".frame", card);
    button.append(...frame.childNodes);
    frame.append(button);
    button.addEventListener("click", () => { show(card); });
    button.addEventListener("focus", () => { become(card); });
  }
  const face = (card) => one(".open", card);
  let current = null;
  const become = (card) => {
    if (current) face(current).tabIndex = -1;
    current = card;
    if (current) face(current).tabIndex = 0;
  };
  const seen = () => all(".card").filter((card) => !card.hidden);
  const go = (card) => {
    if (!card) return;
    if (large.open) { show(card); return; }
    become(card);
    face(card).focus({ preventScroll: true });
    card.scrollIntoView({ block: "nearest" });
  };

  // Which photos are shown, and in what order.
  const chips = all(".totals li").map((item) => {
    const button = document.createElement("button");
    button.type = "button";
    button.setAttribute("aria-pressed", "false");
    button.append(one(".face", item));
    item.append(button);
    button.addEventListener("click", () => {
      button.setAttribute("aria-pressed", String(button.getAttribute("aria-pressed") !== "true"));
      filter();
    });
    return [item.dataset.verdict, button];
  });
  const pressed = () =>
    chips.filter(([, button]) => button.getAttribute("aria-pressed") === "true").map(([name]) => name);
  const count = (number, noun) => `${number.toLocaleString("en")} ${noun}${number === 1 ? "" : "s"}`;
  function filter() {
    const verdicts = pressed(), text = find.value.trim().toLocaleLowerCase();
    let photos = 0, shown = 0;
    for (const group of groups) {
      const right = !kind.value || group.dataset.kind === kind.value;
      let any = false;
      for (const card of all(".card", group)) {
        const verdict = !verdicts.length || verdicts.includes(card.dataset.verdict);
        card.hidden = !(right && verdict && (!text || words.get(card).includes(text)));
        if (!card.hidden) { any = true; photos += 1; }
      }
      group.hidden = !any;
      shown += any;
    }
    const narrowed = Boolean(verdicts.length || text || kind.value);
    one("#shown").textContent = narrowed
      ? `${photos.toLocaleString("en")} of ${count(cards.length, "photo")} in ${count(shown, "group")}`
      : "";
    one("#all").hidden = !narrowed;
    one(".nothing").hidden = photos > 0;
    if (!current || current.hidden) become(seen()[0] || null);
  }
  one("#all").addEventListener("click", () => {
    for (const [, button] of chips) button.setAttribute("aria-pressed", "false");
    find.value = kind.value = "";
    filter();
    find.focus();
  });
  find.addEventListener("input", filter);
  kind.addEventListener("change", filter);
  order.addEventListener("change", () => {
    const key = order.value;
    const before = (a, b) => {
      const [x, y] = [a.dataset[key], b.dataset[key]];
      if (x === undefined || y === undefined) return (x === undefined) - (y === undefined);
      return key === "name" ? x.localeCompare(y, "en", { numeric: true }) : Number(x) - Number(y);
    };
    groups.sort((a, b) => before(a, b) || a.dataset.order - b.dataset.order);
    one("#reading").before(...groups);
  });

  // The large view: a copy of a photo's card with everything that is known of it.
  const bestOf = (card) => one("[data-best]", card.closest(".group"));
  function draw(card) {
    const picture = face(card).firstElementChild.cloneNode(true);
    if (picture.tagName === "IMG") {
      // Half as large again at most: beyond that a copy looks less sharp than its photo is.
      picture.width *= 1.5;
      picture.removeAttribute("height");
    }
    one(".stage").replaceChildren(picture);
  }
  let viewed = null;
  function show(card) {
    become(card);
    viewed = card;
    const name = one(".name", card).textContent, group = card.closest(".group");
    const place = all(".card", group).indexOf(card) + 1;
    one("#large-name").textContent =
      `\u2068${name}\u2069 · ${one(".heading", group).textContent}, photo ${place}`;
    draw(card);
    one(".told").className = `told ${card.dataset.verdict}`;
    one(".told").replaceChildren(one(".text", card).cloneNode(true));
    const file = one("#file");
    file.parentElement.hidden = !card.dataset.file;
    if (card.dataset.file) file.href = card.dataset.file;
    const best = bestOf(card);
    one("#flip").hidden = !best || best === card;
    one("#flip").setAttribute("aria-pressed", "false");
    if (!large.open) {
      large.showModal();
      one("#shut").focus();
    }
    large.scrollTop = 0;
  }
  function flip() {
    const button = one("#flip");
    if (button.hidden) return;
    const now = button.getAttribute("aria-pressed") !== "true";
    button.setAttribute("aria-pressed", String(now));
    draw(now ? bestOf(current) : current);
  }
  // Whether the keys go on from the current photo; if not, they begin with it.
  const under = () => large.open || document.activeElement === face(current);
  const step = (by) => {
    const list = seen();
    go(under() ? list[list.indexOf(current) + by] : current);
  };
  for (const button of all("[data-step]", large)) {
    button.addEventListener("click", () => { step(Number(button.dataset.step)); });
  }
  one("#flip").addEventListener("click", flip);
  // On closing, the browser gives the focus back to the photo that was opened; it is to go to the
  // one that was looked at last.
  const shut = () => {
    const card = viewed;
    viewed = null;
    if (large.open) large.close();
    go(card);
  };
  one("#shut").addEventListener("click", shut);
  large.addEventListener("close", shut);
  large.addEventListener("click", (event) => { if (event.target === large) shut(); });

  // Keys.
  const rows = (by) => {
    if (!under()) { go(current); return; }
    const box = (card) => face(card).getBoundingClientRect();
    const from = box(current), middle = (r) => r.left + r.width / 2;
    const beyond = seen().map((card) => [card, box(card)])
      .filter(([, r]) => (by > 0 ? r.top >= from.bottom : r.bottom <= from.top));
    const near = Math.min(...beyond.map(([, r]) => Math.abs(r.top - from.top)));
    const row = beyond.filter(([, r]) => Math.abs(r.top - from.top) < near + from.height / 2);
    row.sort((a, b) => Math.abs(middle(a[1]) - middle(from)) - Math.abs(middle(b[1]) - middle(from)));
    go(row.length ? row[0][0] : null);
  };
  const next = (verdict, by) => {
    const list = seen(), at = list.indexOf(current) - (under() ? 0 : by);
    for (let k = 1; k <= list.length; k += 1) {
      const card = list[(at + by * k + list.length * 2) % list.length];
      if (card.dataset.verdict === verdict) { go(card); return; }
    }
  };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || !current) return;
    if (event.target.closest("input, select")) {
      if (event.target !== find) return;
      if (event.key === "Escape") { find.value = ""; filter(); find.blur(); }
      if (event.key === "Enter" || event.key === "ArrowDown") {
        event.preventDefault();  // else the photo that gets the focus would be opened
        go(seen()[0]);
      }
      return;
    }
    const key = event.key.toLowerCase(), jump = { p: "pick", r: "reject", c: "close" }[key];
    if (jump) next(jump, event.shiftKey ? -1 : 1);
    else if (key === "arrowright") step(1);
    else if (key === "arrowleft") step(-1);
    else if (key === "arrowdown" && !large.open) rows(1);
    else if (key === "arrowup" && !large.open) rows(-1);
    else if (key === "home" && !large.open) go(seen()[0]);
    else if (key === "end" && !large.open) go(seen().at(-1));
    else if (key === "f" && large.open) flip();
    else if (key === "escape" && large.open) shut();
    else if (key === "/" && !large.open) find.focus();
    else if (key === "enter" && event.target === document.body) show(current);
    else return;
    event.preventDefault();
  });
  filter();
});
