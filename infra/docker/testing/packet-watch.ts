// Counts packets of a range on an interface of this host, with the tcpdump of the machine image.
import { setTimeout as delay } from "node:timers/promises";
import { execa } from "execa";
import { until } from "../../../harness/base/until.ts";
import { docker } from "../cluster/engine.ts";

export interface PacketWatch {
  /** Ends the watch and returns how many packets were seen. */
  stop: () => Promise<number>;
}

/** Starts to count; returns when the capture is running. `image`: any that has tcpdump. */
export async function watchPackets(image: string, device: string, range: string): Promise<PacketWatch> {
  const name = `kubedrill-watch-${device}-${String(process.pid)}`;
  const options = [
    "--rm",
    "--detach",
    `--name=${name}`,
    "--network=host",
    "--cap-add=NET_RAW",
    "--cap-add=NET_ADMIN",
  ];
  await docker(["run", ...options, "--entrypoint=tcpdump", image, "-nn", "-U", "-i", device, "net", range]);
  const logs = async () => (await execa("docker", ["logs", name], { all: true, timeout: 10_000 })).all;
  await until(async () => (await logs()).includes("listening on"), {
    what: `a capture on ${device}`,
    timeoutMs: 20_000,
  });
  return {
    stop: async () => {
      // The kernel hands packets over in blocks, at the latest after a second.
      await delay(1_500);
      const lines = (await logs()).split("\n").filter((line) => /\bIP\b|\bARP\b/.test(line));
      await docker(["rm", "--force", name]);
      return lines.length;
    },
  };
}

/** The interface of the default route. */
export async function outerDevice(): Promise<string> {
  const { stdout } = await execa("ip", ["-4", "route", "show", "default"], { timeout: 10_000 });
  const device = /\bdev (\S+)/.exec(stdout)?.[1];
  if (device === undefined)
    throw new Error("this host has no default route: there is nothing that could leak");
  return device;
}
