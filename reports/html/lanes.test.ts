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

it("draws the VIP's way from machine to machine in the right places", async () => {
  const { page } = await browser.open(html);
  const lane = page.locator("#drill-control-plane-lose-one .lane", { hasText: "cp1 → cp2 → cp1" });
  const words = await lane.locator(".s text").allTextContents();
  expect(words).toEqual(["cp1", "none", "cp2", "cp1"]);
  const lefts = await lane
    .locator(".s rect:first-of-type")
    .evaluateAll((all) => all.map((each) => each.getBoundingClientRect().left));
  expect(lefts).toEqual([...lefts].sort((a, b) => a - b));
});

it("one fault band goes through every lane, from the injection to the heal", async () => {
  const { page } = await browser.open(html);
  const drill = page.locator("#drill-control-plane-lose-one .timetable").first();
  const cap = await drill
    .locator(".band-cap")
    .evaluate((each) => each.getBoundingClientRect().toJSON() as DOMRect);
  const zero = await drill.locator(".tick.zero").evaluate((each) => {
    const box = each.getBoundingClientRect();
    return box.left + box.width / 2;
  });
  expect(Math.abs(cap.left - zero)).toBeLessThan(4);
  expect(await drill.locator(".lane:not(.ruler)").count()).toBe(
    await drill.locator('.lane:not(.ruler) use[href^="#bg-"]').count(),
  );
});

it("on a phone the labels of the axis do not touch, and the injection has one", async () => {
  const { page } = await browser.open(html, { viewport: { width: 390, height: 800 } });
  for (const ruler of await page.locator(".timetable .ruler").all()) {
    const boxes = await ruler
      .locator(".tick:visible")
      .evaluateAll((all) => all.map((each) => each.getBoundingClientRect().toJSON() as DOMRect));
    expect(boxes.length).toBeGreaterThan(1);
    for (const [index, box] of boxes.slice(1).entries())
      expect(box.left).toBeGreaterThan(boxes[index]?.right ?? Infinity);
  }
  expect(await page.locator("#drill-control-plane-lose-one .tick.zero").first().isVisible()).toBe(true);
});

it("says where it folded time", async () => {
  const { page } = await browser.open(html);
  const fold = page.locator("#drill-control-plane-lose-one .fold-name title").first();
  expect(await fold.textContent()).toMatch(/^Folded: .* without a change/);
});

it("a stretch tells what it is, by pointer and by keyboard", async () => {
  const { page } = await browser.open(html);
  const drill = page.locator("#drill-control-plane-lose-one");
  await drill.locator(".timetable .s").first().focus();
  await page.keyboard.press("ArrowRight");
  expect(await page.locator("#tip").textContent()).toBe("cp1: off, +0.2\u00A0s to +81.2\u00A0s (81\u00A0s)");
  await page.keyboard.press("Escape");
  expect(await page.locator("#tip").isVisible()).toBe(false);
  await page.keyboard.press("ArrowDown");
  expect(await page.locator("#tip").textContent()).toContain("running");
});

it("zooms to the injection and back, all pictures together", async () => {
  const { page } = await browser.open(html);
  const drill = page.locator("#drill-control-plane-lose-one");
  const widths = async (): Promise<number[]> =>
    await drill
      .locator(".lane .s.absent rect")
      .evaluateAll((all) => all.map((each) => each.getBoundingClientRect().width));
  const before = await widths();
  await drill.getByRole("button", { name: "Injection" }).click();
  const closer = await widths();
  expect(closer[0]).toBeGreaterThan((before[0] ?? 0) * 4);
  await drill.getByRole("button", { name: "Whole drill" }).click();
  expect(await widths()).toEqual(before);
});

it("zooms to what somebody dragged across", async () => {
  const { page } = await browser.open(html);
  const drill = page.locator("#drill-control-plane-lose-one");
  const plot = drill.locator(".timetable .lane:not(.ruler) .plot").first();
  await plot.scrollIntoViewIfNeeded();
  const box = await plot.boundingBox();
  if (box === null) throw new Error("no picture");
  await page.mouse.move(box.x + box.width * 0.25, box.y + 8);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width * 0.5, box.y + 8, { steps: 5 });
  await page.mouse.up();
  expect(await drill.locator(".tools output").textContent()).toBe("4 ×");
});

it("has everything as a table as well", async () => {
  const { page } = await browser.open(html);
  const drill = page.locator("#drill-control-plane-lose-one");
  await drill.getByText("The timetable as a table").click();
  const rows = drill
    .getByRole("rowgroup")
    .filter({ has: page.getByRole("rowheader", { name: "etcd: leader" }) })
    .getByRole("row");
  expect(await rows.nth(2).innerText()).toMatch(/^\+0\.4\s+\+1\.62\s+none/);
});

it("hides quiet lanes when asked to", async () => {
  const { page } = await browser.open(html);
  const drill = page.locator("#drill-control-plane-lose-one");
  const quiet = drill.locator(".timetable .lane:not(.eventful):not(.ruler)").first();
  expect(await quiet.isVisible()).toBe(true);
  await drill.getByRole("button", { name: "Lanes without a change" }).click();
  expect(await quiet.isVisible()).toBe(false);
});
