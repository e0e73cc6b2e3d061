import { execa } from "execa";
import { afterEach, expect, test } from "vitest";
import { oddServer, type Behaviour, type OddServer } from "../load/testing/odd-server.ts";
import { loadPlanOf, type LoadFlags } from "./load-plan.ts";

let server: OddServer | undefined;
afterEach(async () => {
  await server?.stop();
  server = undefined;
});

async function serve(behave: (count: number) => Behaviour = () => "ok"): Promise<string> {
  server = await oddServer(behave);
  return `127.0.0.1:${String(server.port)}`;
}

const entry = new URL("main.ts", import.meta.url).pathname;
const kubedrill = (...args: string[]) =>
  execa(process.execPath, [entry, "load", ...args], { reject: false, timeout: 25_000 });
const flags = (given: Partial<LoadFlags> = {}): LoadFlags => ({ s: "30", T: "text/plain", ...given });

test("prints the table, and ends with 0 also when requests failed", async () => {
  const target = await serve((count) => (count === 7 ? "error" : "ok"));
  const { stdout, exitCode } = await kubedrill(target, "-n", "20", "-c", "2", "-k", "-q", "-r");
  expect(stdout).toMatch(/^Complete requests: {6}20$/m);
  expect(stdout).toMatch(/^Non-2xx responses: {6}1$/m);
  expect(exitCode).toBe(0);
  expect(server?.requests).toBe(20);
});

test("an open loop sends at its rate, and --json is JSON", async () => {
  const target = await serve();
  const { stdout } = await kubedrill(target, "--rate", "200", "-n", "50", "--json");
  expect(JSON.parse(stdout)).toMatchObject({ sent: 50, arrival: { kind: "constant", rateHz: 200 } });
});

test.each([
  ["a port that is closed", "127.0.0.1:1", [], /^kubedrill: Nothing listens at 127\.0\.0\.1 port 1, .*\.$/],
  [
    "a name that does not resolve",
    "nobody.invalid",
    [],
    /^kubedrill: The host name nobody\.invalid does not resolve: .*\.$/,
  ],
  ["no connections", "127.0.0.1:1", ["-c", "0"], /^kubedrill: -c 0: .* at least 1\.$/],
  ["a negative rate", "127.0.0.1:1", ["--rate", "-5"], /^kubedrill: --rate -5: .* more than 0 .*\.$/],
  [
    "more connections than requests",
    "127.0.0.1:1",
    ["-n", "5", "-c", "6"],
    /^kubedrill: 6 connections are more than the 5 requests .*\.$/,
  ],
])("%s is one sentence and exit code 2", async (_, target, args, sentence) => {
  const { stdout, stderr, exitCode } = await kubedrill(target, ...args);
  expect(stderr).toMatch(sentence);
  expect(stderr.split("\n")).toHaveLength(1);
  expect(stdout).toBe("");
  expect(exitCode).toBe(2);
});

test("a target that takes connections and never answers is one sentence and exit code 2", async () => {
  const target = await serve(() => "close");
  const { stdout, stderr, exitCode } = await kubedrill(target, "-n", "3", "-c", "1");
  expect(stderr).toBe(`kubedrill: http://${target}/ answered none of 3 requests: reset 3.`);
  expect(stdout).toBe("");
  expect(exitCode).toBe(2);
});

test.each<[string, Partial<LoadFlags>, RegExp]>([
  ["ftp://127.0.0.1/", {}, /is not an http or https URL/],
  ["http://", {}, /is not an http or https URL/],
  ["127.0.0.1", { n: "0" }, /^-n 0: .*at least 1/],
  ["127.0.0.1", { n: "1.5" }, /^-n 1\.5: .*whole number/],
  ["127.0.0.1", { t: "0" }, /^-t 0: /],
  ["127.0.0.1", { s: "x" }, /^-s x: /],
  ["127.0.0.1", { workers: "0" }, /^--workers 0: /],
  ["127.0.0.1", { engine: "ab" }, /^--engine ab: /],
  ["127.0.0.1", { engine: "autocannon" }, /^--engine autocannon drives kept connections/],
  ["https://127.0.0.1", { engine: "autocannon", k: true }, /^--engine autocannon drives/],
  ["127.0.0.1", { poisson: true }, /--poisson .* --rate/],
  ["127.0.0.1", { H: ["no colon"] }, /^-H no colon: .*"Name: value"/],
  ["127.0.0.1", { H: ["X: a\r\nY: b"] }, /^-H /],
  ["127.0.0.1", { m: "GET /" }, /^-m GET \/: /],
  ["127.0.0.1", { p: "/nowhere" }, /^-p \/nowhere: the file cannot be read/],
  ["127.0.0.1", { cacert: "/nowhere" }, /^--cacert \/nowhere: the file cannot be read/],
])("%s with %o is refused", async (target, given, sentence) => {
  await expect(loadPlanOf(target, flags(given))).rejects.toThrow(sentence);
});

test("a load is bounded in count and time, also when nobody says so", async () => {
  expect(await loadPlanOf("127.0.0.1", flags())).toMatchObject({
    maxRequests: 1000,
    durationMs: 600_000,
    connections: 10,
    keepAlive: false,
  });
  expect(await loadPlanOf("127.0.0.1", flags({ n: "5" }))).toMatchObject({ maxRequests: 5, connections: 5 });
  expect(await loadPlanOf("127.0.0.1", flags({ t: "3" }))).toMatchObject({
    maxRequests: null,
    durationMs: 3000,
  });
  expect(await loadPlanOf("127.0.0.1", flags({ rate: "20" }))).toMatchObject({
    maxRequests: null,
    durationMs: 10_000,
    arrival: { kind: "constant", rateHz: 20 },
  });
});
