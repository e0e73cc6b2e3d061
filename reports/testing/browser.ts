// A real Chromium for tests of the report. Missing Chromium is a failure, not a reason to skip.
import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { chromium, type Browser, type BrowserContextOptions, type Page } from "playwright-core";

const executablePath = "/usr/bin/chromium";

interface OpenedReport {
  page: Page;
  /** Whatever the browser complained about: script errors, refused styles and scripts. */
  complaints: string[];
  /** Addresses that the page asked for besides its own file. */
  requests: string[];
}

export interface ReportBrowser {
  open(html: string, options?: BrowserContextOptions): Promise<OpenedReport>;
  close(): Promise<void>;
}

/** @throws Error when Chromium is not installed, saying how to install it */
export async function reportBrowser(): Promise<ReportBrowser> {
  if (!existsSync(executablePath))
    throw new Error(`These tests need Chromium at ${executablePath}: apt-get install chromium.`);
  const browser = await chromium.launch({ executablePath, args: flags, timeout: 30_000 });
  const folder = await mkdtemp(join(tmpdir(), "kubedrill-report-"));
  return {
    open: (html, options) => open(browser, folder, html, options),
    async close() {
      await browser.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

const flags = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

async function open(
  browser: Browser,
  folder: string,
  html: string,
  options: BrowserContextOptions = {},
): Promise<OpenedReport> {
  const file = join(folder, `${String(Math.random()).slice(2)}.html`);
  await writeFile(file, html);
  const url = pathToFileURL(file).href;
  const context = await browser.newContext({
    viewport: { width: 1440, height: 900 },
    offline: true,
    ...options,
  });
  const page = await context.newPage();
  const complaints: string[] = [];
  const requests: string[] = [];
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") complaints.push(message.text());
  });
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("request", (request) => {
    if (!request.url().startsWith(url)) requests.push(request.url());
  });
  await page.goto(url, { timeout: 20_000 });
  return { page, complaints, requests };
}
