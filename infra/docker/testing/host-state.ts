// What a lab could leave behind on a host, as lines that can be compared. Other labs come and go beside the one under
// test; what belongs to them is left out.
import { execa } from "execa";
import { readFile } from "node:fs/promises";
import { z } from "zod";
import { docker } from "../cluster/engine.ts";
import { labLabel } from "../cluster/machines.ts";

const sysctls = [
  "fs/inotify/max_user_instances",
  "fs/inotify/max_user_watches",
  "net/ipv4/ip_forward",
  "net/bridge/bridge-nf-call-iptables",
];

/** Engine objects, routes, links, packet filter and kernel settings, without those of labs other than `lab`. */
export async function hostState(lab: string): Promise<string[]> {
  const foreign = await marksOfOtherLabs(lab);
  const parts = await Promise.all([
    docker(["ps", "--all", "--format=container {{.Names}}"]),
    docker(["volume", "ls", "--format=volume {{.Name}}"]),
    docker(["network", "ls", "--format=network {{.Name}} {{.ID}}"]),
    docker(["image", "ls", "--format=image {{.Repository}}:{{.Tag}}"]),
    output("ip", ["-4", "-oneline", "route", "show", "table", "all"]),
    output("ip", ["-oneline", "link", "show", "type", "bridge"]),
    output("iptables-save", []),
    ...sysctls.map(async (name) => `${name} = ${await readFile(`/proc/sys/${name}`, "utf8")}`),
  ]);
  return parts
    .flatMap((part) => part.split("\n"))
    .map(withoutMoments)
    .filter((line) => line !== "" && !line.startsWith("#") && !foreign.some((mark) => line.includes(mark)))
    .filter((line) => !cache.some((start) => line.startsWith(start)))
    .toSorted();
}

/** Names, bridges and ranges of other labs. */
async function marksOfOtherLabs(lab: string): Promise<string[]> {
  const ids = (await docker(["network", "ls", "--quiet", `--filter=label=${labLabel}`])).split("\n");
  const present = ids.filter((id) => id !== "");
  if (present.length === 0) return [];
  const networks = networkList.parse(JSON.parse(await docker(["network", "inspect", ...present])));
  return networks
    .filter((each) => each.Labels[labLabel] !== lab)
    .flatMap(({ Id, Labels, IPAM }) => [
      Id.slice(0, 12),
      ` ${Labels[labLabel] ?? ""}-`,
      ...IPAM.Config.map((each) => `${each.Subnet.split(".").slice(0, 2).join(".")}.`),
    ]);
}

/** What is made once and kept for all labs. */
const cache = ["image kubedrill/machine:", "volume kubedrill-images-"];

/** Counters, ages and interface numbers differ between any two looks. */
function withoutMoments(line: string): string {
  return line
    .replace(/^\d+: /, "")
    .replaceAll(/\[\d+:\d+\]/g, "")
    .replaceAll(/\b(expires|age) \S+/g, "")
    .trim();
}

async function output(command: string, args: readonly string[]): Promise<string> {
  return (await execa(command, args, { timeout: 10_000 })).stdout;
}

const networkList = z.array(
  z.object({
    Id: z.string(),
    Labels: z.record(z.string(), z.string()),
    IPAM: z.object({ Config: z.array(z.object({ Subnet: z.string() })) }),
  }),
);
