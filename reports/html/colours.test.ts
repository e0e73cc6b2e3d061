import { afterAll, beforeAll, expect, it } from "vitest";
import { reportBrowser, type ReportBrowser } from "../testing/browser.ts";
import { renderSample } from "../testing/rendered.ts";

let browser: ReportBrowser;
let html: string;
beforeAll(async () => {
  browser = await reportBrowser();
  html = await renderSample();
});
afterAll(() => browser.close());

/** Text and what it stands on: 4.5 : 1. */
const texts = [
  ...["ink", "muted", "link", "fail-text", "inconclusive-text", "bad-text"].map((name) => [name, "card"]),
  ...["ink", "muted", "link"].map((name) => [name, "page"]),
  ...["ink", "muted"].flatMap((name) => [
    [name, "hover"],
    [name, "target"],
    [name, "unseen-soft"],
  ]),
  ...["pass", "fail", "inconclusive"].map((name) => [`${name}-ink`, `${name}-soft`]),
  ...["good", "bad", "partly", "off", "unseen", "changed"].map((name) => [`${name}-ink`, name]),
  ...[0, 1, 2, 3, 4, 5].map((index) => ["place-ink", `place-${String(index)}`]),
  ...["power", "freeze", "network", "pod", "service", "data"].map((name) => ["on-tone", `fault-${name}`]),
  ["card", "ink"],
];
/** Shapes that carry meaning: 3 : 1. */
const shapes = ["pass", "fail", "inconclusive", "good-line", "bad", "measured", "off"].map((name) => [
  name,
  "card",
]);

it.each(["light", "dark"] as const)("contrast is AA in %s", async (colorScheme) => {
  const { page } = await browser.open(html, { colorScheme });
  const colours = await page.evaluate(
    (names) => {
      const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
      if (canvas === null) throw new Error("no canvas");
      const style = getComputedStyle(document.documentElement);
      return names.map((name) => {
        canvas.fillStyle = style.getPropertyValue(`--${name}`);
        canvas.fillRect(0, 0, 1, 1);
        return [name, [...canvas.getImageData(0, 0, 1, 1).data.slice(0, 3)]] as const;
      });
    },
    [...new Set([...texts, ...shapes].flat())],
  );
  const known = new Map(colours);
  const poor = (pairs: string[][], least: number): string[] =>
    pairs.flatMap(([front = "", back = ""]) => {
      const ratio = contrast(known.get(front) ?? [], known.get(back) ?? []);
      return ratio < least ? [`${front} on ${back}: ${ratio.toFixed(2)}`] : [];
    });
  expect(poor(texts, 4.5)).toEqual([]);
  expect(poor(shapes, 3)).toEqual([]);
});

/** WCAG 2.2, relative luminance. */
function contrast(a: readonly number[], b: readonly number[]): number {
  const [light = 0, dark = 0] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return (light + 0.05) / (dark + 0.05);
}

function luminance(colour: readonly number[]): number {
  const [red = 0, green = 0, blue = 0] = colour.map((each) => {
    const part = each / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
