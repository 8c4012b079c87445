// Marks a rectangle on the picture of a page: by dragging a mouse, or by two clicks or taps.
"use strict";

const sheet = document.getElementById("sheet");
const mark = document.getElementById("mark");
const sides = ["x0", "top", "x1", "bottom"].map((side) => document.querySelector(`input[name="${side}"]`));
let corner = null; // the first of two, in points

function pointOf(event) {
  const box = sheet.getBoundingClientRect();
  return [
    Math.min(Math.max((event.clientX - box.left) / box.width, 0), 1) * Number(sheet.dataset.width),
    Math.min(Math.max((event.clientY - box.top) / box.height, 0), 1) * Number(sheet.dataset.height),
  ];
}

function setSides([x, y], [u, v]) {
  [Math.min(x, u), Math.min(y, v), Math.max(x, u), Math.max(y, v)].forEach((side, n) => {
    sides[n].value = side.toFixed(1);
  });
  showMark();
}

function showMark() {
  const [x0, top, x1, bottom] = sides.map((side) => Number.parseFloat(side.value));
  mark.hidden = !(x1 >= x0 && bottom >= top);
  const [width, height] = [Number(sheet.dataset.width), Number(sheet.dataset.height)];
  mark.style.left = `${(100 * x0) / width}%`;
  mark.style.top = `${(100 * top) / height}%`;
  mark.style.width = `${(100 * (x1 - x0)) / width}%`;
  mark.style.height = `${(100 * (bottom - top)) / height}%`;
}

function isFar([x, y], [u, v]) {
  return Math.abs(x - u) > 3 && Math.abs(y - v) > 3;
}

if (sheet && sides.every(Boolean)) {
  let pressed = null;
  let dragged = false;
  sheet.addEventListener("pointerdown", (event) => {
    if (event.pointerType !== "mouse") return; // a finger scrolls
    pressed = pointOf(event);
    dragged = false;
  });
  window.addEventListener("pointermove", (event) => {
    if (!pressed || !isFar(pressed, pointOf(event))) return;
    dragged = true;
    corner = null;
    setSides(pressed, pointOf(event));
  });
  window.addEventListener("pointerup", () => { pressed = null; });
  sheet.addEventListener("click", (event) => {
    const point = pointOf(event);
    if (dragged) {
      dragged = false;
    } else if (corner && isFar(corner, point)) {
      setSides(corner, point);
      corner = null;
    } else {
      corner = point;
      setSides(point, point);
    }
  });
  for (const side of sides) side.addEventListener("input", showMark);
  showMark();
}
