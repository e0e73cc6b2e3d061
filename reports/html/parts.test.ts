import { gunzipSync } from "node:zlib";
import { readFile } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { reportBrowser, type ReportBrowser } from "../testing/browser.ts";
import { renderSample } from "../testing/rendered.ts";

let browser: ReportBrowser;
let html: string;
beforeAll(async () => {
  browser = await reportBrowser();
  html = await renderSample();
});
afterAll(() => browser.close());

describe("the head", () => {
  it("counts verdicts by word, not by colour alone", async () => {
    const { page } = await browser.open(html);
    expect((await page.locator(".counts").innerText()).replaceAll(/\s+/g, " ")).toBe(
      "Pass 1 Fail 1 Inconclusive 1 Not possible here 1",
    );
  });

  it("puts what broke first, and what could not be judged as loud", async () => {
    const { page } = await browser.open(html);
    const marks = page.locator(".shortfalls li .mark");
    expect(await marks.nth(0).getAttribute("aria-label")).toBe("Fail");
    expect(await marks.nth(1).getAttribute("aria-label")).toBe("Inconclusive");
    await page.locator(".shortfalls a").first().click();
    expect(new URL(page.url()).hash).toBe("#drill-control-plane-lose-two");
  });
});

describe("margins", () => {
  it("are as long as what was used of the budget", async () => {
    const { page } = await browser.open(html);
    const bar = page.locator('.row .margin[aria-label^="3.31"]').first();
    const [used, room] = await bar.evaluate((svg) =>
      [".used", ".room"].map((part) => svg.querySelector(part)?.getBoundingClientRect().width ?? 0),
    );
    expect((used ?? 0) / (room ?? 1)).toBeCloseTo(3.31 / 12, 2);
  });

  it("show what went over the budget", async () => {
    const { page } = await browser.open(html);
    expect(
      await page
        .locator("#exp-control-plane-lose-two-quorum.back .over".replace("quorum.back", "quorum\\.back"))
        .count(),
    ).toBe(1);
  });
});

describe("the waterfall", () => {
  it("begins each link where the one before ended", async () => {
    const { page } = await browser.open(html);
    const rows = page.locator("#drill-control-plane-lose-one .waterfall .lane:not(.ruler)");
    const bar = async (label: string): Promise<DOMRect> =>
      await rows
        .filter({ hasText: label })
        .locator(".measured")
        .evaluate((each) => each.getBoundingClientRect().toJSON() as DOMRect);
    const marked = await bar("node marked");
    const replaced = await bar("pods replaced");
    expect(Math.abs(replaced.left - marked.right)).toBeLessThan(1.5);
  });

  it("hatches the excess", async () => {
    const { page } = await browser.open(html);
    expect(
      await page.locator("#drill-control-plane-lose-two .waterfall .lane.fail .over-texture").count(),
    ).toBe(2);
  });
});

describe("promises", () => {
  it("failed ones stand first, and a link opens the right one", async () => {
    const { page } = await browser.open(html);
    const first = page.locator("#drill-control-plane-lose-two .promise").first();
    expect(await first.locator("b").first().innerText()).toBe("etcd has quorum again after power on");
    await first.locator("summary").click();
    expect(await first.innerText()).toContain("Start of a machine 6 s + kubelet");
    await page.goto(`${page.url().split("#")[0] ?? ""}#exp-control-plane-lose-one-writes.lost`);
    const target = page.locator("tr:target");
    expect(await target.innerText()).toContain("No acknowledged write is lost");
  });
});

describe("latency and availability", () => {
  it("have a question, a picture and a table", async () => {
    const { page } = await browser.open(html);
    const drill = page.locator("#drill-control-plane-lose-one");
    expect(await drill.getByRole("heading", { name: "How long did an answer take?" }).count()).toBe(1);
    expect(await drill.locator("path.median").count()).toBeGreaterThanOrEqual(5);
    await drill.getByText("The shares as a table").click();
    expect(await drill.locator("details.data[open] tbody tr").count()).toBeGreaterThan(10);
  });
});

describe("the log", () => {
  it("filters by kind, and a link into it opens it", async () => {
    const { page } = await browser.open(html);
    await page.goto(`${page.url()}#event-control-plane-lose-one-3`);
    const entry = page.locator("#event-control-plane-lose-one-3");
    await entry.waitFor({ state: "visible" });
    const log = page.locator("#drill-control-plane-lose-one .log");
    await log.getByRole("button", { name: "mark" }).click();
    expect(await log.locator(".kind-mark").first().isVisible()).toBe(false);
    expect(await log.locator(".kind-fault").first().isVisible()).toBe(true);
  });
});

describe("raw data", () => {
  it("can be saved from the file itself, without script", async () => {
    const { page } = await browser.open(html, { javaScriptEnabled: false, acceptDownloads: true });
    const save = async (name: string): Promise<Buffer> => {
      const [download] = await Promise.all([
        page.waitForEvent("download"),
        page.getByRole("link", { name }).click(),
      ]);
      expect(download.suggestedFilename()).toBe(name);
      return await readFile(await download.path());
    };
    const verdict = JSON.parse(gunzipSync(await save("verdict.json.gz")).toString()) as {
      schema: number;
      drills: unknown[];
    };
    expect(verdict.schema).toBe(1);
    expect(verdict.drills).toHaveLength(3);
    const events = gunzipSync(await save("events.jsonl.gz"))
      .toString()
      .trim()
      .split("\n");
    expect(
      events.every((line) => !line.includes('"type":"sample"') && typeof JSON.parse(line) === "object"),
    ).toBe(true);
  });
});

describe("the lab", () => {
  it("lists machines, and settings with where they were read", async () => {
    const { page } = await browser.open(html);
    await page.getByText("Settings that budgets are derived from").click();
    const row = page.getByRole("row", { name: "node monitor grace" });
    expect((await row.innerText()).replaceAll("\u00A0", " ")).toContain("40 s");
    expect(await row.innerText()).toContain("kube-controller-manager.yaml");
    expect(await page.getByRole("row", { name: "cp1" }).filter({ hasText: "etcd leader" }).count()).toBe(1);
  });
});
