import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { reportBrowser, type ReportBrowser } from "../testing/browser.ts";
import { renderSample } from "../testing/rendered.ts";
import { sampleRun } from "../testing/sample-run.ts";
import type { DrillScript } from "../testing/sample-script.ts";

let browser: ReportBrowser;
let html: string;
beforeAll(async () => {
  browser = await reportBrowser();
  html = await renderSample();
});
afterAll(() => browser.close());

describe("the report as a file", () => {
  it("asks for nothing, and nothing in it breaks its own policy", async () => {
    const { page, complaints, requests } = await browser.open(html);
    await page.locator("details.explore summary").first().click();
    await page.locator(".uplot canvas").first().waitFor();
    expect(complaints).toEqual([]);
    expect(requests).toEqual([]);
  });

  it("lets no script and no style run that is not its own", async () => {
    const { page, complaints } = await browser.open(
      html.replace(
        "<main>",
        '<main><script>window.foreign = 1</script><p id="styled" style="color: red">x</p>',
      ),
    );
    expect(await page.evaluate(() => Reflect.get(window, "foreign") as unknown)).toBeUndefined();
    expect(await page.locator("#styled").evaluate((element) => getComputedStyle(element).color)).not.toBe(
      "rgb(255, 0, 0)",
    );
    expect(complaints).toHaveLength(2);
  });

  it("says everything without script: verdicts, lanes, figures, promises", async () => {
    const { page } = await browser.open(html, { javaScriptEnabled: false });
    const text = (await page.locator("main").innerText()).replaceAll("\u00A0", " ");
    expect(text).toContain("The cluster kept 15 of 18 promises");
    expect(text).toContain("etcd has quorum again after power on");
    expect(text).toContain("cp1 → cp2 → cp1");
    expect(await page.locator("svg.plot").count()).toBeGreaterThan(50);
    expect(await page.locator(".explore").first().isVisible()).toBe(false);
  });

  it("has no anchor twice, and no link into nothing", async () => {
    const { page } = await browser.open(html);
    const found = await page.evaluate(() => {
      const ids = [...document.querySelectorAll("[id]")].map((element) => element.id);
      const links = [...document.querySelectorAll("a[href^='#'], use")].map(
        (element) => element.getAttribute("href") ?? "",
      );
      return { ids, broken: links.filter((link) => document.getElementById(link.slice(1)) === null) };
    });
    expect(new Set(found.ids).size).toBe(found.ids.length);
    expect(found.broken).toEqual([]);
  });

  it.each([360, 390, 768, 1440])("fits a screen %i wide without scrolling sideways", async (width) => {
    const { page } = await browser.open(html, { viewport: { width, height: 800 } });
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
  });

  it("prints on A4, without tools and with every promise", async () => {
    const { page } = await browser.open(html);
    await page.emulateMedia({ media: "print" });
    expect(await page.locator(".tools").first().isVisible()).toBe(false);
    expect(await page.locator(".promise").first().isVisible()).toBe(true);
    expect((await page.pdf({ format: "A4" })).byteLength).toBeGreaterThan(20_000);
  });
});

describe("size", () => {
  it("a run of 10 minutes fits in 2 MB", async () => {
    const run = sampleRun(undefined, 3);
    const attempts = [...run.store.samples.values()].reduce((sum, series) => sum + series.length, 0);
    expect(attempts).toBeGreaterThan(140_000);
    expect(Buffer.byteLength(await renderSample(run))).toBeLessThan(2_000_000);
  });

  it("and so does one of drills that flicker: each path fails for a moment, again and again", async () => {
    const run = sampleRun(flickering, 3);
    const html = await renderSample(run);
    expect(html.match(/class="s (?:bad|partly|good)/g)?.length).toBeGreaterThan(2500);
    expect(Buffer.byteLength(html)).toBeLessThan(2_000_000);
  });
});

/** As overloaded labs are: eighteen gaps of 0.3 s in every path, each path at its own moments. */
function flickering(script: DrillScript): DrillScript {
  const prefixes = ["api.vip", "api.cp1", "api.cp2", "api.cp3", "http.ingress", "http.nodeport", "vip.tcp"];
  const gaps = prefixes.flatMap((prefix, path) =>
    Array.from({ length: 18 }, (_, index): DrillScript["down"][number] => {
      const from = (script.after / 20) * (index + 1) + path * 0.1;
      return [prefix, from, from + 0.3, "refused"];
    }),
  );
  return { ...script, down: [...script.down, ...gaps] };
}
