// Zoom of all pictures of a drill together: they stand on one axis, in per cent, so zooming is one straight map of
// every position. Drag across a picture, or use the buttons or + − 0 on the keyboard.
interface Attribute {
  element: Element;
  name: string;
  value: number;
  /** A width scales; a position also moves. */
  size: boolean;
}

for (const drill of document.querySelectorAll<HTMLElement>(".drill")) {
  const tables = [...drill.querySelectorAll<HTMLElement>(".timetable:not(.waterfall)")];
  const [first] = tables;
  if (first !== undefined) enable(drill, tables, first);
}

function enable(drill: HTMLElement, tables: readonly HTMLElement[], first: HTMLElement): void {
  const symbols = [...drill.querySelectorAll(":scope > .picture > svg.defs:first-of-type")].filter((each) =>
    each.querySelector(`[id="bg-${drill.id}"]`),
  );
  const attributes = [...tables, ...symbols].flatMap(attributesOf);
  let view = { from: 0, to: 100 };
  const factor = document.createElement("output");

  const look = (from: number, to: number): void => {
    const width = Math.min(100, Math.max(0.5, to - from));
    const left = Math.min(100 - width, Math.max(0, from));
    view = { from: left, to: left + width };
    const scale = 100 / width;
    for (const { element, name, value, size } of attributes)
      element.setAttribute(
        name,
        `${String(Math.round((size ? value : value - left) * scale * 1000) / 1000)}%`,
      );
    for (const table of tables) table.classList.toggle("zoomed", width < 100);
    factor.textContent = width < 100 ? `${String(Math.round(scale * 10) / 10)} ×` : "";
  };
  const by = (change: number): void => {
    const middle = (view.from + view.to) / 2;
    const half = ((view.to - view.from) * change) / 2;
    look(middle - half, middle + half);
  };

  const tools = document.createElement("div");
  tools.className = "tools";
  const band = attributes.find(({ element, name }) => element.classList.contains("band-cap") && name === "x");
  const bandWidth = attributes.find(
    ({ element, name }) => element.classList.contains("band-cap") && name === "width",
  );
  const add = (label: string, title: string, act: () => void): void => {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = label;
    button.title = title;
    button.addEventListener("click", act);
    tools.append(button);
  };
  add("Whole drill", "Show the whole drill (0)", () => {
    look(0, 100);
  });
  if (band !== undefined && bandWidth !== undefined) {
    add("Injection", "Look closely at the injection", () => {
      look(band.value - 3, band.value + 12);
    });
    add("Recovery", "Look closely at what came after healing", () => {
      look(band.value + bandWidth.value - 4, band.value + bandWidth.value + 21);
    });
  }
  add("+", "Closer (+)", () => {
    by(0.5);
  });
  add("−", "Farther (−)", () => {
    by(2);
  });
  const hint = document.createElement("span");
  hint.textContent = "or drag across the picture";
  tools.append(hint, factor);
  first.before(tools);

  for (const table of tables) {
    table.addEventListener("keydown", (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      if (event.key === "+" || event.key === "=") by(0.5);
      else if (event.key === "-") by(2);
      else if (event.key === "0") look(0, 100);
    });
    drag(table, (from, to) => {
      const width = view.to - view.from;
      look(view.from + from * width, view.from + to * width);
    });
  }
}

/** Every position in per cent that is not inside a drawing which is itself positioned. */
function attributesOf(root: Element): Attribute[] {
  const found: Attribute[] = [];
  for (const element of root.querySelectorAll("[x], [x1], [width]")) {
    const outer = element.parentElement?.closest("svg[x]");
    if (outer !== null && outer !== undefined && root.contains(outer)) continue;
    for (const name of ["x", "x1", "x2", "width"]) {
      const text = element.getAttribute(name);
      if (text?.endsWith("%") !== true) continue;
      const value = Number.parseFloat(text);
      const whole = name === "width" && value === 100 && !element.hasAttribute("x");
      const level = element.classList.contains("level");
      if (!whole && !level && element.tagName !== "use")
        found.push({ element, name, value, size: name === "width" });
    }
  }
  for (const element of root.querySelectorAll(".curves")) {
    element.setAttribute("x", "0%");
    found.push(
      { element, name: "x", value: 0, size: false },
      { element, name: "width", value: 100, size: true },
    );
  }
  return found;
}

/** Calls back with shares of the picture's width when somebody has dragged across it. */
function drag(table: HTMLElement, done: (from: number, to: number) => void): void {
  let start: { x: number; plot: DOMRect } | undefined;
  const mark = document.createElement("div");
  mark.className = "drag";
  mark.hidden = true;
  table.append(mark);
  const share = (x: number, plot: DOMRect): number => Math.min(1, Math.max(0, (x - plot.left) / plot.width));
  table.addEventListener("pointerdown", (event) => {
    const plot = event.target instanceof Element ? event.target.closest(".plot") : null;
    // A finger scrolls; it has the buttons.
    if (plot === null || event.pointerType !== "mouse" || event.button !== 0) return;
    start = { x: event.clientX, plot: plot.getBoundingClientRect() };
  });
  table.addEventListener("pointermove", (event) => {
    if (start === undefined) return;
    const box = table.getBoundingClientRect();
    const x = Math.min(start.plot.right, Math.max(start.plot.left, event.clientX));
    mark.hidden = Math.abs(x - start.x) < 6;
    mark.style.left = `${String(Math.min(x, start.x) - box.left)}px`;
    mark.style.width = `${String(Math.abs(x - start.x))}px`;
  });
  window.addEventListener("pointerup", (event) => {
    if (start === undefined) return;
    const [from, to] = [share(start.x, start.plot), share(event.clientX, start.plot)].sort((a, b) => a - b);
    const dragged = !mark.hidden;
    start = undefined;
    mark.hidden = true;
    if (dragged && from !== undefined && to !== undefined && to - from > 0.005) done(from, to);
  });
}
