import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { buildModel } from "../build-model.ts";
import { junitXml } from "../junit/junit.ts";
import { markdownSummary } from "../summary/markdown.ts";
import { terminalSummary } from "../summary/terminal.ts";
import { reportBrowser, type ReportBrowser } from "../testing/browser.ts";
import { renderSample } from "../testing/rendered.ts";
import { sampleRun } from "../testing/sample-run.ts";

const hostile = [
  `<script>window.broken = 1</script>`,
  `<img src=x onerror="window.broken = 1">`,
  `"><svg onload='window.broken = 1'>`,
  `</script><script>window.broken = 1</script>`,
  `</style><style>*{display:none}</style>`,
  `]]><evil/>`,
  `&lt;not&amp;twice&#x27;`,
  `' onfocus='window.broken = 1`,
  `\u202Eright to left\u202C`,
  `nul\u0000bell\u0007esc\u001B[31m`,
  `\uD800 lone`,
  `<!-- comment`,
  `\${7*7} {{7*7}}`,
];

/** Control characters and changes of direction. */
const steering = /[\p{Cc}\u202A-\u202E\u2066-\u2069]/u;

/** Every name, value and sentence that can come from a cluster, a file or a person. */
const run = sampleRun((script) => ({
  ...script,
  title: hostile.join(" "),
  fault: {
    ...script.fault,
    title: hostile.join(" "),
    targets: hostile,
    band: { ...script.fault.band, label: hostile.join(" ") },
  },
  states: [
    ...script.states,
    ...hostile.flatMap((text, index): typeof script.states => [
      ["nodes", text, index, "Unknown"],
      ["vip", "holder", 20 + index, text],
      ["workload", `pod ${text}`, index, text],
    ]),
  ],
  blind: [...script.blind, ...hostile.map((text): (typeof script.blind)[number] => ["nodes", 1, 2, text])],
  predictions: hostile,
  promises: script.promises.map((promise) => ({
    ...promise,
    id: `${promise.id}${hostile.join("")}`,
    title: hostile.join(" "),
    why: hostile.join(" "),
    seen: hostile.join(" "),
  })),
  ...(script.gap === undefined ? {} : { gap: hostile.join(" ") }),
}));

let browser: ReportBrowser;
beforeAll(async () => {
  browser = await reportBrowser();
});
afterAll(() => browser.close());

describe("hostile names", () => {
  it("stay text in the report", async () => {
    const { page, complaints, requests } = await browser.open(await renderSample(run));
    expect(await page.evaluate(() => Reflect.get(window, "broken") as unknown)).toBeUndefined();
    expect(complaints).toEqual([]);
    expect(requests).toEqual([]);
    expect(
      await page.locator("main img, main style, main evil, [onload], [onerror], [onfocus]").count(),
    ).toBe(0);
    const text = (await page.locator("main").textContent()) ?? "";
    expect(text).toContain(`<script>window.broken = 1</script>`);
    expect(text).toContain(`&lt;not&amp;twice&#x27;`);
    expect(text).toContain("⟨U+202E⟩right to left⟨U+202C⟩");
    expect(text.replaceAll("\n", "")).not.toMatch(steering);
  });

  it("stay text in the details that script shows, and in what it copies", async () => {
    const { page } = await browser.open(await renderSample(run), {
      permissions: ["clipboard-read", "clipboard-write"],
    });
    await page.locator('.s[aria-label*="<script>"] rect').first().hover({ timeout: 10_000 });
    expect(await page.locator("#tip").textContent()).toContain("<script>");
    expect(await page.locator("#tip").locator("*").count()).toBe(0);
    await page.getByRole("button", { name: "Copy as Markdown" }).first().click();
    await page.getByRole("button", { name: "Copied" }).waitFor();
    const copied = await page.evaluate(() => navigator.clipboard.readText());
    expect(copied).toContain("&lt;script\\>");
    expect(copied).not.toContain("<script>");
  });

  it("leave junit.xml well-formed, with the same text", async () => {
    const xml = junitXml(buildModel(run.store, run.verdict));
    const { page } = await browser.open("<!doctype html><title>parser</title>");
    const parsed = await page.evaluate((text) => {
      const document = new DOMParser().parseFromString(text, "application/xml");
      return {
        error: document.querySelector("parsererror")?.textContent ?? "",
        suites: document.querySelectorAll("testsuite").length,
        evil: document.querySelectorAll("evil, script, img").length,
        name: document.querySelector("testcase")?.getAttribute("name") ?? "",
      };
    }, xml);
    expect(parsed.error).toBe("");
    expect(parsed.suites).toBe(4);
    expect(parsed.evil).toBe(0);
    expect(parsed.name).toContain("]]><evil/>");
  });

  it("cannot steer a terminal, nor become markup in Markdown", () => {
    const model = buildModel(run.store, run.verdict);
    expect(terminalSummary(model, false).replaceAll("\n", "")).not.toMatch(steering);
    expect(markdownSummary(model)).not.toMatch(/<(script|img|svg)/);
  });
});
