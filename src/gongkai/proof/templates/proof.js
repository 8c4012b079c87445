"use strict";
// Without this script the page lacks only the cards; the links work.
const byId = (id) => document.getElementById(id);
const card = byId("card");
const status = byId("where");
const prints = byId("prints");
const cellsToReview = document.body.dataset.review.split(" ").filter(Boolean);
let shown = null; // id of the cell whose card is shown
let closeTimer = 0; // closes the card
let lastPointer = ""; // last position of the mouse

function linksTo(id) {
  return [byId(id), byId("t" + id)].filter(Boolean);
}

function removeClass(name) {
  for (const each of document.querySelectorAll("." + name)) each.classList.remove(name);
}

function hide() {
  clearTimeout(closeTimer);
  card.hidden = true;
  shown = null;
  removeClass("lit");
}

// Return to the card of the focused cell, or close the card where no cell has the focus.
function closeOrReturn() {
  const cell = document.activeElement.closest("a[data-cell]");
  if (cell) show(cell.dataset.cell, cell);
  else hide();
}

function closeSoon() {
  clearTimeout(closeTimer);
  closeTimer = setTimeout(closeOrReturn, 250);
}

function fillCard(id) {
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

// Place the card below its cell, or above it, so that the row of the cell stays visible.
function placeCard(target) {
  const gap = 8;
  const anchor = target.getBoundingClientRect();
  const size = card.getBoundingClientRect();
  const below = anchor.bottom + gap + size.height <= innerHeight;
  const top = below ? anchor.bottom + gap : Math.max(gap, anchor.top - gap - size.height);
  const left = Math.max(gap, Math.min(anchor.left, innerWidth - size.width - gap));
  card.style.top = top + "px";
  card.style.left = left + "px";
}

function show(id, target) {
  clearTimeout(closeTimer);
  if (shown !== id) {
    removeClass("lit");
    for (const each of linksTo(id)) each.classList.add("lit");
    fillCard(id);
    shown = id;
  }
  card.hidden = false;
  card.scrollTop = 0;
  placeCard(target);
}

// Scroll to the cell on the page image, and highlight all cells of the check with it.
function goTo(id, all) {
  const cell = byId(id);
  removeClass("term");
  for (const each of all || []) byId(each).classList.add("term");
  cell.scrollIntoView({ block: "center", inline: "center" });
  focusOn(cell);
  show(id, cell);
}

function scrollTable(id) {
  byId("t" + id)?.scrollIntoView({ block: "nearest" });
}

// The tab key stops once in each page image and table; the arrow keys move inside.
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

const directions = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

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
  if (!cellsToReview.length) return;
  const index = cellsToReview.indexOf(shown);
  const count = cellsToReview.length;
  const next = index < 0 ? (by > 0 ? 0 : count - 1) : (index + by + count) % count;
  goTo(cellsToReview[next]);
  scrollTable(cellsToReview[next]);
  status.textContent = status.dataset.place.replace("{number}", next + 1).replace("{count}", count);
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-cell]");
  if (!link) return;
  event.preventDefault();
  if (prints.contains(link)) {
    focusOn(link);
    scrollTable(link.id);
    show(link.id, link);
  } else {
    goTo(link.dataset.cell, link.dataset.all?.split(" ").filter(Boolean));
  }
});

document.addEventListener("keydown", (event) => {
  if (event.altKey || event.ctrlKey || event.metaKey) return;
  const cell = event.target.closest?.("svg a[data-cell], table.form a[data-cell]");
  if (event.key === "n") step(1);
  else if (event.key === "p") step(-1);
  else if (event.key === "Escape") hide();
  else if (cell && directions[event.key]) {
    const next = neighbour(cell, directions[event.key]);
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
  else if (card.contains(event.target)) clearTimeout(closeTimer);
});
document.addEventListener("focusout", closeSoon);
const position = (event) => event.screenX + "," + event.screenY;
document.addEventListener("pointermove", (event) => {
  lastPointer = position(event);
});
document.addEventListener("pointerover", (event) => {
  if (lastPointer === position(event)) return; // the page scrolled under a resting mouse
  if (card.contains(event.target)) return clearTimeout(closeTimer);
  const link = event.target.closest("a[data-cell]");
  if (link) show(link.dataset.cell, link);
});
document.addEventListener("pointerout", (event) => {
  if (event.target.closest("a[data-cell], #card")) closeSoon();
});
for (const pane of [byId("reading"), prints]) {
  pane.addEventListener("scroll", () => {
    const target = document.activeElement;
    if (!card.hidden && target?.dataset?.cell === shown) placeCard(target);
  });
}
byId("on")?.addEventListener("click", () => step(1));
byId("back")?.addEventListener("click", () => step(-1));
addEventListener("beforeprint", () => {
  for (const each of document.querySelectorAll("details")) each.open = true;
});
addEventListener("load", () => {
  const id = location.hash.slice(1);
  if (/^c\d+$/.test(id) && byId(id)) goTo(id);
});
