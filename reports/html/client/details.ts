// What exactly happened in a stretch: on hover, on tap and on focus. The stretches of a timetable are one stop of the
// tab key; the arrow keys go from one to the next.
const tip = document.createElement("div");
tip.className = "tip";
tip.id = "tip";
tip.setAttribute("role", "status");
tip.hidden = true;
document.body.append(tip);

for (const table of document.querySelectorAll<HTMLElement>(".timetable")) {
  const stretches = [...table.querySelectorAll<SVGElement>(".s")];
  for (const [index, stretch] of stretches.entries()) {
    // The browser's own tip would show a second time what ours shows.
    const title = stretch.querySelector(":scope > title");
    stretch.setAttribute("aria-label", title?.textContent ?? "");
    stretch.setAttribute("role", "img");
    // What has parts to walk through is no single image any more.
    stretch.parentElement?.setAttribute("role", "group");
    stretch.setAttribute("tabindex", index === 0 ? "0" : "-1");
    title?.remove();
  }
  table.addEventListener("keydown", (event) => {
    move(event, stretches);
  });
}

document.addEventListener("pointerover", (event) => {
  const stretch = stretchOf(event.target);
  if (stretch === null) hide();
  else show(stretch);
});
document.addEventListener("focusin", (event) => {
  const stretch = stretchOf(event.target);
  if (stretch === null) hide();
  else show(stretch);
});
document.addEventListener("focusout", hide);
document.addEventListener("scroll", hide, { passive: true });
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") hide();
});

function stretchOf(target: EventTarget | null): SVGElement | null {
  return target instanceof Element ? target.closest<SVGElement>(".timetable .s") : null;
}

function show(stretch: SVGElement): void {
  const lane = stretch.closest(".lane")?.querySelector(".lane-label")?.textContent.trim() ?? "";
  tip.textContent = `${lane}: ${stretch.getAttribute("aria-label") ?? ""}`;
  tip.hidden = false;
  const box = boxOf(stretch);
  const left = Math.min(Math.max(4, box.left), innerWidth - tip.offsetWidth - 4);
  const above = box.top - tip.offsetHeight - 6;
  tip.style.left = `${String(left)}px`;
  tip.style.top = `${String(above < 4 ? box.bottom + 6 : above)}px`;
}

function hide(): void {
  tip.hidden = true;
}

/** Left and right along a lane, up and down to the stretch at the same place of the next lane. */
function move(event: KeyboardEvent, stretches: readonly SVGElement[]): void {
  const from = stretchOf(event.target);
  if (from === null) return;
  const index = stretches.indexOf(from);
  const next =
    event.key === "ArrowRight"
      ? stretches[index + 1]
      : event.key === "ArrowLeft"
        ? stretches[index - 1]
        : event.key === "ArrowDown"
          ? neighbour(from, stretches.slice(index + 1))
          : event.key === "ArrowUp"
            ? neighbour(from, stretches.slice(0, index).reverse())
            : undefined;
  if (next === undefined) return;
  event.preventDefault();
  from.setAttribute("tabindex", "-1");
  next.setAttribute("tabindex", "0");
  next.focus();
}

function neighbour(from: SVGElement, others: readonly SVGElement[]): SVGElement | undefined {
  const lane = others.find((other) => other.parentElement !== from.parentElement)?.parentElement;
  const middle = centre(from);
  return others
    .filter((other) => other.parentElement === lane)
    .sort((a, b) => Math.abs(centre(a) - middle) - Math.abs(centre(b) - middle))[0];
}

function centre(stretch: SVGElement): number {
  const box = boxOf(stretch);
  return box.left + box.width / 2;
}

/** Of its shape: a drawing is as high as the lane, and a label may stand out of it. */
function boxOf(stretch: SVGElement): DOMRect {
  return (stretch.querySelector("rect") ?? stretch).getBoundingClientRect();
}
