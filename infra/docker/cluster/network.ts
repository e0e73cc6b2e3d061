// The lab's network on the engine, and the range on this host: reachable from here, leading nowhere else.
import { execa } from "execa";
import { z } from "zod";
import { messageOf, KubedrillError } from "../../../harness/base/errors.ts";
import { docker, isNotFound } from "./engine.ts";
import type { LabLayout } from "./layout.ts";
import { labLabel } from "./machines.ts";

/** Below every other route: it counts only while the network's own route is absent. */
const lastResortMetric = "4000000000";

/** All ranges that this host already knows: its routes (all tables), addresses and engine networks. */
export async function usedSubnets(): Promise<string[]> {
  const [routes, networks] = await Promise.all([hostRoutes(), engineSubnets()]);
  return [...routes, ...networks];
}

/**
 * Makes the lab's network. `--internal`: the host reaches the machines, they reach only each other, and there is no
 * default route on them. Returns false when the engine says that the range overlaps another network's.
 */
export async function createNetwork(layout: LabLayout): Promise<boolean> {
  const { network } = layout;
  try {
    await docker([
      "network",
      "create",
      "--internal",
      "--driver=bridge",
      `--subnet=${network.subnet}`,
      `--gateway=${network.gateway}`,
      `--label=${labLabel}=${layout.name}`,
      network.name,
    ]);
    return true;
  } catch (error) {
    if (/overlap/i.test(messageOf(error))) return false;
    throw error;
  }
}

/** Removes all networks of the lab. */
export async function removeNetworks(lab: string): Promise<void> {
  const ids = await docker(["network", "ls", "--quiet", `--filter=label=${labLabel}=${lab}`]);
  for (const id of ids.split("\n").filter((line) => line !== ""))
    try {
      await docker(["network", "rm", id]);
    } catch (error) {
      if (!isNotFound(error)) throw error;
    }
}

/** Whether the lab's network is there. */
export async function hasNetwork(layout: LabLayout): Promise<boolean> {
  const names = await docker([
    "network",
    "ls",
    `--filter=label=${labLabel}=${layout.name}`,
    "--format={{.Name}}",
  ]);
  return names.split("\n").includes(layout.network.name);
}

/**
 * Confines the range to this host: should the network's own route ever be missing (engine stopped, lab half down),
 * packets for machines, VIP, services and pods are refused here and do not follow the default route.
 */
export async function confineSubnet(subnet: string): Promise<void> {
  await ip(["route", "replace", "unreachable", subnet, "metric", lastResortMetric]);
}

/** Undoes `confineSubnet`; no error when there is nothing to undo. */
export async function releaseSubnet(subnet: string): Promise<void> {
  const present = await ip(["route", "show", "type", "unreachable", subnet]);
  if (present.includes(subnet)) await ip(["route", "del", "unreachable", subnet, "metric", lastResortMetric]);
}

async function hostRoutes(): Promise<string[]> {
  const routes = routeList.parse(JSON.parse(await ip(["-json", "-4", "route", "show", "table", "all"])));
  return routes.map((each) => each.dst).filter((dst) => dst !== "default");
}

async function engineSubnets(): Promise<string[]> {
  const ids = (await docker(["network", "ls", "--quiet"])).split("\n").filter((line) => line !== "");
  const networks = networkList.parse(JSON.parse(await docker(["network", "inspect", ...ids])));
  return networks
    .flatMap(({ IPAM }) => (IPAM.Config ?? []).map((each) => each.Subnet))
    .filter((each) => !each.includes(":"));
}

async function ip(args: readonly string[]): Promise<string> {
  try {
    return (await execa("ip", args, { timeout: 10_000 })).stdout;
  } catch (error) {
    throw new KubedrillError("inconclusive", `ip ${args.join(" ")} failed: ${messageOf(error)}`, {
      cause: error,
      hint: "kubedrill lab needs root and the package iproute2",
    });
  }
}

const routeList = z.array(z.object({ dst: z.string() }));
const networkList = z.array(
  z.object({ IPAM: z.object({ Config: z.array(z.object({ Subnet: z.string() })).nullish() }) }),
);
