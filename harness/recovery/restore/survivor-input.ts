// What is needed to rebuild a cluster from the one member that is left. Asks the survivor only: whoever is lost may be
// beyond asking.
import { usageError } from "../../base/errors.ts";
import { until } from "../../base/until.ts";
import type { Machine, World } from "../../lab/world.ts";
import { askMember } from "../etcd-tools.ts";
import { clusterInput, machinesAnswer, room, stackedControlPlanes, toolsOf } from "./machines-ready.ts";
import { readPlaces, type EtcdPlace } from "./places.ts";
import type { ClusterInput } from "./procedure.ts";
import { viewOf, type MemberView } from "./prove.ts";
import { rejoining, type Rejoining } from "./rejoin.ts";
import { rebuiltMark } from "./survivor.ts";

export interface SurvivorInput {
  input: ClusterInput;
  /** What the survivor's member says of itself. */
  view: MemberView;
}

/**
 * @param of `lost`: names of the control planes that never come back
 * @throws KubedrillError (usage) with the first thing that is wrong; nothing was touched
 */
export async function survivorInput(
  world: World,
  { id, lost }: { id: string; lost: readonly string[] },
): Promise<SurvivorInput> {
  const controlPlanes = stackedControlPlanes(world, "rebuilds");
  const unknown = lost.find((name) => !controlPlanes.some((each) => each.name === name));
  if (unknown !== undefined)
    throw usageError(`There is no control plane ${unknown} in this lab. Nothing was touched.`, {
      hint: `there are ${controlPlanes.map((each) => each.name).join(", ")}`,
    });
  const left = controlPlanes.filter((each) => !lost.includes(each.name));
  const [survivor] = left;
  if (survivor === undefined || left.length > 1 || lost.length === 0)
    throw usageError(
      `A cluster is rebuilt from one control plane, when all others are lost; ${left.length === 0 ? "none is" : `${left.map((each) => each.name).join(", ")} would be`} left. Nothing was touched.`,
    );
  const needed = world.machines.filter((each) => !lost.includes(each.name));
  await machinesAnswer(needed);
  const places = await readPlaces([survivor], world.file.etcd.runtime);
  const [place] = places;
  if (place === undefined) throw new Error(`${survivor.name} has no member`);
  const view = await viewOf(world, place);
  const tools = await toolsOf(world, [survivor]);
  const [noRoom] = (await room(world, places, view.sizeBytes)).filter((each) => each.wrong !== null);
  if (noRoom !== undefined) throw usageError(`${noRoom.wrong ?? ""}. Nothing was touched.`);
  const gone = controlPlanes
    .filter((each) => lost.includes(each.name))
    .map((each) => placeOf(each, view, place));
  return { input: clusterInput(world, { id, places, lost: gone, tools }), view };
}

/** As the survivor knows it: its data is where the survivor's is. */
function placeOf({ name, address }: Machine, { members }: MemberView, survivor: EtcdPlace): EtcdPlace {
  const known = members
    .map((each) => each.split("=", 2) as [string, string])
    .find(([, url]) => URL.parse(url)?.hostname === address);
  if (known === undefined)
    throw usageError(
      `The member on ${survivor.machine} knows none at ${address}, the address of ${name}. Nothing was touched.`,
    );
  const [member, peerUrl] = known;
  return { ...survivor, machine: name, member, peerUrl };
}

/** How machines that come back all the same join what was rebuilt without them; see the fault `machine.loss`. */
export function rejoinOf({ input, view }: SurvivorInput): {
  survivor: string;
  isRebuilt: string;
  ask: string;
  machines: Rejoining[];
} {
  const [place] = input.places;
  if (place === undefined) throw new Error("nobody is left");
  return {
    survivor: view.machine,
    isRebuilt: `test -e ${place.dataDir}/member\nif [ -e ${rebuiltMark(input, place)} ]; then echo rebuilt; else echo as before; fi`,
    ask: askMember(input.etcd, "/v3/cluster/member/list", '{"linearizable":false}', 5),
    machines: rejoining(input),
  };
}

/** A member whose peers are silent gives its leader up after an election time-out. @returns its view then */
export async function leaderless(
  world: World,
  { input }: SurvivorInput,
  options: { timeoutMs: number; signal?: AbortSignal },
): Promise<MemberView> {
  const [place] = input.places;
  if (place === undefined) throw new Error("nobody is left");
  return until(
    async () => {
      const view = await viewOf(world, place);
      return view.led ? null : view;
    },
    { what: `the member on ${place.machine} to have no leader`, intervalMs: 500, ...options },
  );
}
