// Where each member of etcd is and what it is called, as its own definition says: needs no API and no etcd.
import { parse } from "yaml";
import { z } from "zod";
import { messageOf, usageError } from "../../base/errors.ts";
import { flag } from "../../lab/flags.ts";
import { environmentFile, variablesOf } from "../../lab/etcd-service.ts";
import type { LabFile } from "../../lab/lab-file.ts";
import type { Machine } from "../../lab/world.ts";

/** Who runs a member: the kubelet, by a manifest, or systemd, by a unit and its environment. */
export type EtcdRuntime = LabFile["etcd"]["runtime"];

export interface EtcdPlace {
  machine: string;
  runtime: EtcdRuntime;
  member: string;
  peerUrl: string;
  /** On the machine, and the same in the pod. */
  dataDir: string;
}

/** Where the kubelet looks for static pods. */
export const manifestsDir = "/etc/kubernetes/manifests";

/** @throws KubedrillError (usage) that names the machine and what is wrong with its definition */
export function readPlaces(machines: readonly Machine[], runtime: EtcdRuntime): Promise<EtcdPlace[]> {
  const [path, placeOf] =
    runtime === "pod"
      ? [`${manifestsDir}/etcd.yaml`, placeOfManifest]
      : [environmentFile, placeOfEnvironment];
  return Promise.all(
    machines.map(async ({ name, shell }) => {
      const text = await shell.run(`cat ${path}`, { timeoutMs: 10_000 }).catch((error: unknown) => {
        throw usageError(`${path} of ${name} cannot be read: ${messageOf(error)}`, { cause: error });
      });
      return placeOf(name, text.stdout);
    }),
  );
}

const pod = z.object({
  spec: z.object({
    containers: z.array(
      z.object({
        command: z.array(z.string()).default([]),
        args: z.array(z.string()).default([]),
        volumeMounts: z.array(z.object({ name: z.string(), mountPath: z.string() })).default([]),
      }),
    ),
    volumes: z
      .array(z.object({ name: z.string(), hostPath: z.object({ path: z.string() }).optional() }))
      .default([]),
  }),
});

/** Pure. @param text the manifest of etcd's static pod @throws KubedrillError (usage) with what is missing */
export function placeOfManifest(machine: string, text: string): EtcdPlace {
  const wrong = (what: string) =>
    usageError(`The manifest of etcd on ${machine} ${what}; nothing was touched.`);
  let raw: unknown;
  try {
    raw = parse(text);
  } catch (error) {
    throw wrong(`is no YAML: ${messageOf(error)}`);
  }
  const found = pod.safeParse(raw);
  const container = found.data?.spec.containers[0];
  if (container === undefined) throw wrong("is no pod with a container");
  const command = [...container.command, ...container.args];
  const needed = (name: string) => {
    const value = flag(command, name);
    if (value === undefined) throw wrong(`has no --${name}`);
    return value;
  };
  const place = plain(
    {
      machine,
      runtime: "pod",
      member: needed("name"),
      peerUrl: needed("initial-advertise-peer-urls"),
      dataDir: needed("data-dir"),
    },
    wrong,
  );
  const { dataDir } = place;
  const mount = container.volumeMounts.find((each) => each.mountPath === dataDir);
  const volume = found.data?.spec.volumes.find((each) => each.name === mount?.name);
  const hostPath = volume?.hostPath?.path;
  if (hostPath === undefined) throw wrong(`mounts no folder of the machine at ${dataDir}`);
  if (hostPath !== dataDir)
    throw wrong(`keeps its data in ${hostPath} and calls it ${dataDir}, which no strategy provides for`);
  return place;
}

/** Pure. @param text the environment of etcd's unit @throws KubedrillError (usage) with what is missing */
export function placeOfEnvironment(machine: string, text: string): EtcdPlace {
  const wrong = (what: string) =>
    usageError(`${environmentFile} of ${machine} ${what}; nothing was touched.`);
  const variables = variablesOf(text);
  const needed = (name: string) => {
    const value = variables.get(name) ?? "";
    if (value === "") throw wrong(`has no ${name}`);
    return value;
  };
  return plain(
    {
      machine,
      runtime: "systemd",
      member: needed("ETCD_NAME"),
      peerUrl: needed("ETCD_INITIAL_ADVERTISE_PEER_URLS"),
      dataDir: needed("ETCD_DATA_DIR"),
    },
    wrong,
  );
}

/** Scripts may carry what it says as it is. @throws what `wrong` makes */
function plain(place: EtcdPlace, wrong: (what: string) => Error): EtcdPlace {
  const { dataDir, peerUrl, member } = place;
  if (!/^\/[A-Za-z0-9._/-]+$/.test(dataDir))
    throw wrong(`has a data folder that is no plain path: ${dataDir}`);
  if (!/^https?:\/\/[A-Za-z0-9.:[\]-]+$/.test(peerUrl)) throw wrong(`has no single peer URL: ${peerUrl}`);
  if (!/^[A-Za-z0-9._-]+$/.test(member)) throw wrong(`has a name that is no plain word: ${member}`);
  return place;
}
