// Keyboard shortcuts: each key presses a button of the page. The page works without them.
"use strict";

const page = document.body.dataset;
const text = document.getElementById("text");
const why = document.getElementById("why");
let sent = false; // a key that is held down must not decide on the next item

function pressButton(key) {
  const button = document.querySelector(`[data-key="${key}"]`);
  if (button && !sent) button.click();
  return Boolean(button);
}

function cells() {
  return [...document.querySelectorAll('input[type="radio"][name="cell"]')];
}

function chooseCell(step) {
  const all = cells();
  if (!all.length) return;
  const index = all.findIndex((cell) => cell.checked);
  const chosen = all[Math.min(Math.max(index + step, 0), all.length - 1)];
  chosen.checked = true;
  showCell(chosen);
}

function showCell(cell) {
  document.querySelector('input[name="basis"]').value = cell.dataset.basis;
  for (const name of ["strip", "zoom"]) {
    const image = document.getElementById(name);
    if (image) image.src = cell.dataset[name];
  }
  const accept = document.querySelector('button[value="accepted"]');
  if (accept) accept.disabled = cell.dataset.read === "0";
  cell.closest("label").scrollIntoView({ block: "nearest" });
}

function onKey(event) {
  if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing || event.repeat) return;
  const typing = event.target.matches("input:not([type=radio]), select, textarea");
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  if (page.page === "queue") {
    if (key === "Enter" && !event.target.closest("a, button, form")) {
      document.getElementById("start")?.click();
    }
    return;
  }
  if (key === "Escape") {
    if (text) text.value = "";
    document.activeElement.blur();
  } else if (key === "Enter" && (event.target === text || event.target === why)) {
    pressButton(text && text.value.trim() ? "Enter" : "none");
  } else if (typing) {
    return;
  } else if (key === "ArrowDown" || key === "ArrowUp") {
    chooseCell(key === "ArrowDown" ? 1 : -1);
  } else if (key === "q") {
    document.getElementById("queue").click();
  } else if (key === "w") {
    why.focus();
  } else if (text && (/^[0-9０-９.,/—-]$/.test(event.key) || key === "t")) {
    text.focus();
    if (key !== "t") text.value = event.key;
  } else if (key.length !== 1 || !pressButton(key)) {
    return;
  }
  event.preventDefault();
}

document.addEventListener("keydown", onKey);
document.addEventListener("submit", () => { sent = true; });
window.addEventListener("pageshow", () => { sent = false; });
for (const cell of cells()) {
  cell.addEventListener("change", () => showCell(cell));
  if (cell.checked) showCell(cell);
}
window.addEventListener("load", () => {
  for (const path of (page.prefetch || "").split(" ").filter(Boolean)) {
    new Image().src = `/crop/${path}`;
  }
});
