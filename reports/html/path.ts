// Paths of many points in few characters: each point from the one before.

export interface Point {
  x: number;
  /** To a tenth. */
  y: number;
}

/** The `d` of a line through these points. Differences are of whole tenths, so that nothing adds up along the line. */
export function pathOf(points: readonly Point[]): string {
  let text = "";
  let verb = "";
  let before = { x: 0, y: 0 };
  for (const point of points) {
    const here = { x: Math.round(point.x), y: Math.round(point.y * 10) };
    const right = String(here.x - before.x);
    const down = tenths(here.y - before.y);
    const next = text === "" ? "M" : down === "0" ? "h" : right === "0" ? "v" : "l";
    const numbers = next === "h" ? right : next === "v" ? down : `${right}${glue(down)}`;
    text += next === verb ? glue(numbers) : `${next}${numbers}`;
    verb = next;
    before = here;
  }
  return text;
}

/** A sign parts two numbers as well as a space. */
function glue(number: string): string {
  return number.startsWith("-") ? number : ` ${number}`;
}

function tenths(value: number): string {
  return String(value / 10).replace(/^(-?)0\./, "$1.");
}
