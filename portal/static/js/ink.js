// A signature by hand, for one box: strokes on a canvas become a picture in the form's hidden field.
const INK = "#1b2430";
const HEIGHT = 160;

function canvasFor(place) {
  const canvas = document.createElement("canvas");
  canvas.setAttribute("role", "img");
  canvas.setAttribute("aria-label", "手写签名区");
  place.append(canvas);
  const scale = Math.min(window.devicePixelRatio || 1, 2);
  canvas.width = canvas.clientWidth * scale;
  canvas.height = HEIGHT * scale;
  const pen = canvas.getContext("2d");
  pen.scale(scale, scale);
  pen.lineWidth = 3;
  pen.lineCap = "round";
  pen.lineJoin = "round";
  pen.strokeStyle = INK;
  pen.fillStyle = "#ffffff";
  return [canvas, pen];
}

function wipe(canvas, pen, field) {
  pen.fillRect(0, 0, canvas.width, canvas.height);
  field.value = "";
}

function open(place, button) {
  const field = document.getElementById(place.dataset.dbInk);
  const [canvas, pen] = canvasFor(place);
  let drawing = false;
  wipe(canvas, pen, field);
  canvas.addEventListener("pointerdown", (event) => {
    drawing = true;
    canvas.setPointerCapture(event.pointerId);
    pen.beginPath();
    pen.moveTo(event.offsetX, event.offsetY);
  });
  canvas.addEventListener("pointermove", (event) => {
    if (!drawing) return;
    pen.lineTo(event.offsetX, event.offsetY);
    pen.stroke();
  });
  ["pointerup", "pointercancel"].forEach((name) => {
    canvas.addEventListener(name, () => {
      if (drawing) field.value = canvas.toDataURL("image/png");
      drawing = false;
    });
  });
  button.textContent = "清除手写签名";
  button.onclick = () => {
    canvas.remove();
    field.value = "";
    button.textContent = "手写签名";
    button.onclick = null;
  };
}

document.addEventListener("click", (event) => {
  const button = event.target.closest?.("[data-db-ink] button");
  if (button && !button.onclick) open(button.parentElement, button);
});
