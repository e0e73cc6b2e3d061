// Numbers as people read them: 3 significant digits, one unit through a column, no digits that mean nothing.

/** 3.4129 → "3.41", 371.2 → "371", 12 → "12", 0.05 → "0.05"; whole numbers stay whole. */
export function figure(value: number): string {
  if (!Number.isFinite(value)) return "–";
  if (Number.isInteger(value)) return grouped(value);
  const size = Math.abs(value);
  if (size >= 999.5) return grouped(Math.round(value));
  const digits = size >= 99.95 ? 0 : size >= 9.995 ? 1 : size >= 0.9995 ? 2 : 3;
  // Below one a closing zero is not a digit that was measured.
  const text = size < 0.9995 ? String(Number(value.toFixed(digits))) : value.toFixed(digits);
  return (text === "-0" ? "0" : text).replace("-", "−");
}

/** Between a number and its unit, so that no line breaks there. */
export const gap = "\u00A0";

/** Milliseconds as seconds with their unit: 3412 → "3.41 s". */
export function seconds(ms: number): string {
  return `${figure(ms / 1000)}${gap}s`;
}

/** Milliseconds from the injection, signed: "+3.41 s", "−12 s", "0 s". */
export function offset(ms: number): string {
  const text = seconds(Math.abs(ms));
  if (Number.parseFloat(text) === 0) return `0${gap}s`;
  return `${ms < 0 ? "−" : "+"}${text}`;
}

/** A length of time for a heading: "7 min 41 s", "41 s". */
export function duration(ms: number): string {
  const whole = Math.round(ms / 1000);
  const parts = [
    { count: Math.floor(whole / 3600), unit: "h" },
    { count: Math.floor((whole % 3600) / 60), unit: "min" },
    { count: whole % 60, unit: "s" },
  ];
  const shown = parts.filter((part) => part.count > 0).slice(0, 2);
  return shown.length === 0
    ? `0${gap}s`
    : shown.map((part) => `${String(part.count)}${gap}${part.unit}`).join(" ");
}

/** A share as per cent; never rounded up to 100 or down to 0. */
export function share(part: number, whole: number): string {
  if (whole === 0) return "–";
  const percent = (100 * part) / whole;
  if (part < whole && percent > 99.9) return `99.9${gap}%`;
  if (part > 0 && percent < 0.1) return `0.1${gap}%`;
  return `${figure(Math.round(percent * 10) / 10)}${gap}%`;
}

/** "power cut of cp1" → "Power cut of cp1". */
export function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** "1 drill", "2 drills". */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${grouped(count)}${gap}${count === 1 ? one : many}`;
}

/** "a", "a and b", "a, b and c". */
export function listed(items: readonly string[]): string {
  if (items.length < 2) return items.join("");
  return `${items.slice(0, -1).join(", ")} and ${items.at(-1) ?? ""}`;
}

/** Thin spaces between thousands, as in tables of figures. */
function grouped(value: number): string {
  const text = String(Math.abs(value)).replaceAll(/(?<=\d)(?=(\d{3})+$)/g, "\u202F");
  return value < 0 ? `−${text}` : text;
}
