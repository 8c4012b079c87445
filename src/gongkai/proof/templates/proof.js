"use strict";
// Without this script the page still shows everything but the cards, and its links work.
const byId = (id) => document.getElementById(id);
const card = byId("card");
const status = byId("where");
const prints = byId("prints");
const stops = document.body.dataset.stops.split(" ").filter(Boolean);
let shown = null; // id of the cell on the card
let later = 0; // the timer that closes the card
let pointer = ""; // where the mouse was last moved to

function pair(id) {
  return [byId(id), byId("t" + id)].filter(Boolean);
}

function clear(name) {
  for (const each of document.querySelectorAll("." + name)) each.classList.remove(name);
}

function hide() {
  clearTimeout(later);
  card.hidden = true;
  shown = null;
  clear("lit");
}

// Back to the cell that has the keyboard, if there is one.
function leave() {
  const cell = document.activeElement.closest("a[data-cell]");
  if (cell) show(cell.dataset.cell, cell);
  else hide();
}

function leaveSoon() {
  clearTimeout(later);
  later = setTimeout(leave, 250);
}

function fill(id) {
  const found = byId("d" + id);
  card.replaceChildren(found.content.cloneNode(true));
  const list = document.createElement("ul");
  for (const number of found.dataset.checks.split(" ").filter(Boolean)) {
    const line = document.createElement("li");
    const check = byId(number);
    line.className = check.className;
    line.append(...check.cloneNode(true).childNodes);
    list.append(line);
  }
  if (list.childElementCount) card.querySelector("dl").before(list);
}

// Below what is pointed at, or above it, so that its row stays in view.
function put(target) {
  const gap = 8;
  const at = target.getBoundingClientRect();
  const size = card.getBoundingClientRect();
  const below = at.bottom + gap + size.height <= innerHeight;
  const top = below ? at.bottom + gap : Math.max(gap, at.top - gap - size.height);
  const left = Math.max(gap, Math.min(at.left, innerWidth - size.width - gap));
  card.style.top = top + "px";
  card.style.left = left + "px";
}

function show(id, target) {
  clearTimeout(later);
  if (shown !== id) {
    clear("lit");
    for (const each of pair(id)) each.classList.add("lit");
    fill(id);
    shown = id;
  }
  card.hidden = false;
  card.scrollTop = 0;
  put(target);
}

// To the cell on the print; all cells of a check are lit with it.
function go(id, all) {
  const cell = byId(id);
  clear("term");
  for (const each of all || []) byId(each).classList.add("term");
  cell.scrollIntoView({ block: "center", inline: "center" });
  focusOn(cell);
  show(id, cell);
}

function toTable(id) {
  byId("t" + id)?.scrollIntoView({ block: "nearest" });
}

// One stop of the tab key for each page and table; arrow keys move inside.
const groups = [...document.querySelectorAll("figure svg, table.form")];
for (const group of groups) {
  const cells = [...group.querySelectorAll("a[data-cell]")];
  for (const cell of cells.slice(1)) cell.setAttribute("tabindex", "-1");
}

function focusOn(cell) {
  for (const each of cell.closest("svg, table").querySelectorAll("a[data-cell]")) {
    each.setAttribute("tabindex", each === cell ? "0" : "-1");
  }
  cell.focus({ preventScroll: true });
}

const ways = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

function neighbour(cell, [right, down]) {
  const middle = (element) => {
    const box = element.getBoundingClientRect();
    return [box.left + box.width / 2, box.top + box.height / 2];
  };
  const [x, y] = middle(cell);
  let best = null;
  let least = Infinity;
  for (const other of cell.closest("svg, table").querySelectorAll("a[data-cell]")) {
    const [u, v] = middle(other);
    const ahead = (u - x) * right + (v - y) * down;
    const aside = Math.abs((u - x) * down) + Math.abs((v - y) * right);
    if (ahead > 2 && ahead + 4 * aside < least) {
      least = ahead + 4 * aside;
      best = other;
    }
  }
  return best;
}

function step(by) {
  if (!stops.length) return;
  const at = stops.indexOf(shown);
  const next = at < 0 ? (by > 0 ? 0 : stops.length - 1) : (at + by + stops.length) % stops.length;
  go(stops[next]);
  toTable(stops[next]);
  status.textContent = "第 " + (next + 1) + " 处，共 " + stops.length + " 处";
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-cell]");
  if (!link) return;
  event.preventDefault();
  if (prints.contains(link)) {
    focusOn(link);
    toTable(link.id);
    show(link.id, link);
  } else {
    go(link.dataset.cell, link.dataset.all?.split(" ").filter(Boolean));
  }
});

document.addEventListener("keydown", (event) => {
  if (event.altKey || event.ctrlKey || event.metaKey) return;
  const cell = event.target.closest?.("svg a[data-cell], table.form a[data-cell]");
  if (event.key === "n") step(1);
  else if (event.key === "p") step(-1);
  else if (event.key === "Escape") hide();
  else if (cell && ways[event.key]) {
    const next = neighbour(cell, ways[event.key]);
    if (next) {
      focusOn(next);
      next.scrollIntoView({ block: "nearest", inline: "nearest" });
    }
  } else return;
  event.preventDefault();
});

document.addEventListener("focusin", (event) => {
  const link = event.target.closest("a[data-cell]");
  if (link) show(link.dataset.cell, link);
  else if (card.contains(event.target)) clearTimeout(later);
});
document.addEventListener("focusout", leaveSoon);
const where = (event) => event.screenX + "," + event.screenY;
document.addEventListener("pointermove", (event) => {
  pointer = where(event);
});
document.addEventListener("pointerover", (event) => {
  if (pointer === where(event)) return; // the page moved, not the mouse
  if (card.contains(event.target)) return clearTimeout(later);
  const link = event.target.closest("a[data-cell]");
  if (link) show(link.dataset.cell, link);
});
document.addEventListener("pointerout", (event) => {
  if (event.target.closest("a[data-cell], #card")) leaveSoon();
});
for (const pane of [byId("reading"), prints]) {
  pane.addEventListener("scroll", () => {
    const target = document.activeElement;
    if (!card.hidden && target?.dataset?.cell === shown) put(target);
  });
}
byId("on")?.addEventListener("click", () => step(1));
byId("back")?.addEventListener("click", () => step(-1));
addEventListener("beforeprint", () => {
  for (const each of document.querySelectorAll("details")) each.open = true;
});
addEventListener("load", () => {
  const named = location.hash.slice(1);
  if (/^c\d+$/.test(named) && byId(named)) go(named);
});
