// kube-proxy compares what nft lists with what it wants. If the two name things differently, its first full sync over
// rules that are there, after a restart or an hour, deletes all Services of the machine.
import { setTimeout as pause } from "node:timers/promises";
import { expect } from "vitest";
import { until } from "../../harness/base/until.ts";
import { test } from "./kubedrill.ts";

const proxy = "crictl ps --quiet --state Running --name kube-proxy";
const services = "nft -j list map ip kube-proxy service-ips";
/** It syncs within a second of its start; nothing may be gone for so long. */
const watchMs = 15_000;

test("Services survive a restart of kube-proxy", { timeout: 120_000 }, async ({ world }) => {
  const machine = world.machines.find(({ role }) => role === "worker");
  const on = async (script: string) =>
    (await machine?.shell.run(script, { timeoutMs: 20_000 }))?.stdout.trim() ?? "";
  // In kube-proxy's own container, whose files decide how protocols are called.
  expect(await on(`crictl exec "$(${proxy})" ${services}`)).toContain('"tcp"');
  const before = keysOf(await on(services));
  expect(before.length).toBeGreaterThan(3);
  const old = await on(proxy);
  await on(`crictl stop ${old}`);
  const restarted = async () => {
    const now = await on(proxy);
    return now !== "" && now !== old;
  };
  await until(restarted, { what: "kube-proxy to run again", timeoutMs: 60_000, intervalMs: 500 });
  const begun = performance.now();
  while (performance.now() - begun < watchMs) {
    expect(keysOf(await on(services))).toEqual(before);
    await pause(1000);
  }
});

interface Listing {
  nftables: { map?: { elem?: [{ concat: (string | number)[] }, unknown][] } }[];
}

/** "10.96.0.1 tcp 443", sorted. */
function keysOf(json: string): string[] {
  const { nftables } = JSON.parse(json) as Listing;
  return nftables
    .flatMap(({ map }) => map?.elem ?? [])
    .map(([{ concat }]) => concat.join(" "))
    .sort();
}
