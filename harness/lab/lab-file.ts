// The lab file: everything kubedrill must be told of a cluster to drill it. Versioned; checked before anything runs.
import { readFile } from "node:fs/promises";
import { isAbsolute, join, dirname } from "node:path";
import { parse } from "yaml";
import { z } from "zod";
import { messageOf, usageError } from "../base/errors.ts";

const port = z.int().min(1).max(65_535);
const name = z
  .string()
  .regex(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/, "lower-case letters, digits and dashes");

/** How a machine is powered. Each provider has its own key, so that later ones add a variant here. */
const power = z.discriminatedUnion("provider", [
  z.strictObject({ provider: z.literal("docker"), container: z.string().min(1) }),
]);

/** How commands are run on a machine; the first that works is not tried silently: exactly this one is used. */
const shell = z.discriminatedUnion("via", [
  z.strictObject({ via: z.literal("docker-exec"), container: z.string().min(1) }),
  z.strictObject({
    via: z.literal("ssh"),
    host: z.string().min(1),
    port: port.default(22),
    user: z.string().min(1).default("root"),
    /** Private key, a file of mode 0600; relative to the lab file. */
    keyFile: z.string().min(1),
    /** The host's public key as in known_hosts ("ssh-ed25519 AAAA…"); any other key is refused. */
    hostKey: z.string().min(1),
  }),
]);

const machine = z.strictObject({
  name,
  /** `etcd`: it has a member of etcd and is no node of the cluster; only where etcd's layout is external. */
  role: z.enum(["control-plane", "worker", "etcd"]),
  /** The address by which the other machines know it. */
  address: z.ipv4(),
  /** The name of its Kubernetes node; default: the machine's name. */
  node: z.string().optional(),
  power,
  shell,
  /** What must be the same for the machine to be the one that this file means. */
  identity: z.strictObject({ machineId: z.string().min(1) }).optional(),
});

export const labFileSchema = z.strictObject({
  version: z.literal(1),
  name,
  /** An embedded lab may be broken without a typed confirmation. */
  embedded: z.boolean().default(false),
  machines: z.array(machine).min(1),
  api: z.strictObject({
    /** Relative to the lab file; credentials of a cluster administrator. */
    kubeconfig: z.string().min(1),
    /** Where each API server listens on its own machine. */
    port: port.default(6443),
    vip: z.strictObject({ address: z.ipv4(), port: port.default(8443) }).optional(),
  }),
  etcd: z
    .strictObject({
      layout: z.enum(["stacked", "external"]).default("stacked"),
      runtime: z.enum(["pod", "systemd"]).default("pod"),
      clientPort: port.default(2379),
      /** Files on an etcd machine by which its own tools reach it. */
      ca: z.string().default("/etc/kubernetes/pki/etcd/ca.crt"),
      cert: z.string().default("/etc/kubernetes/pki/etcd/healthcheck-client.crt"),
      key: z.string().default("/etc/kubernetes/pki/etcd/healthcheck-client.key"),
    })
    .prefault({}),
  ingress: z
    .strictObject({
      /** Ingress class of the demo workload's Ingress. */
      className: z.string().min(1),
      httpPort: port.default(80),
      /** Names of the machines on which the controller listens; default: the workers. */
      machines: z.array(name).optional(),
    })
    .optional(),
  /** Times that no setting of the cluster gives; budgets of recovery are made with them. */
  allowances: z
    .strictObject({
      /** From power on until the machine's services are started. */
      bootSeconds: z.number().positive().max(3600).default(60),
      /** From the kubelet's start until its static pods serve. */
      componentStartSeconds: z.number().positive().max(3600).default(30),
      /** Until a snapshot of a volume, a volume from one, a backup, or what is in it, is made. */
      copySeconds: z.number().positive().max(86_400).default(60),
    })
    .prefault({}),
  /** The cluster's identity: the UID of its kube-system namespace. */
  identity: z.strictObject({ clusterUid: z.string().min(1) }).optional(),
  demo: z
    .strictObject({ image: z.string().default("registry.k8s.io/e2e-test-images/agnhost:2.59") })
    .prefault({}),
});

export type LabFile = z.output<typeof labFileSchema>;
export type LabFileInput = z.input<typeof labFileSchema>;
export type MachineSpec = LabFile["machines"][number];
export type PowerSpec = MachineSpec["power"];
export type ShellSpec = MachineSpec["shell"];

/**
 * Reads and checks a lab file (YAML or JSON); relative paths in it become absolute.
 * @throws KubedrillError (usage) that names the file, the path inside it and what is expected there.
 */
export async function readLabFile(path: string): Promise<LabFile> {
  let raw: unknown;
  try {
    raw = parse(await readFile(path, "utf8"));
  } catch (error) {
    throw usageError(`Lab file ${path} cannot be read: ${messageOf(error)}.`, {
      cause: error,
      hint: "kubedrill lab up makes one for the embedded lab",
    });
  }
  const lab = parseLabFile(raw, path);
  return resolvePaths(lab, dirname(path));
}

/** Checks an already parsed lab file; `origin` is what the error calls it. */
export function parseLabFile(raw: unknown, origin: string): LabFile {
  const result = labFileSchema.safeParse(raw);
  if (!result.success) {
    const first = result.error.issues[0];
    const where = first === undefined || first.path.length === 0 ? "the top level" : first.path.join(".");
    throw usageError(`Lab file ${origin} is wrong at ${where}: ${first?.message ?? "unknown"}.`, {
      hint: "mend that place and run the command again",
    });
  }
  const names = result.data.machines.map((each) => each.name);
  const twice = names.find((each, index) => names.indexOf(each) !== index);
  if (twice !== undefined) throw usageError(`Lab file ${origin} names the machine ${twice} twice.`);
  const has = (role: MachineSpec["role"]) => result.data.machines.some((each) => each.role === role);
  if (!has("control-plane")) throw usageError(`Lab file ${origin} has no machine with role control-plane.`);
  const external = result.data.etcd.layout === "external";
  if (external !== has("etcd"))
    throw usageError(
      external
        ? `Lab file ${origin} says that etcd is external and has no machine with role etcd.`
        : `Lab file ${origin} has a machine with role etcd and says that etcd is stacked.`,
      { hint: "etcd.layout is external exactly where machines of their own have its members" },
    );
  return result.data;
}

function resolvePaths(lab: LabFile, base: string): LabFile {
  const absolute = (path: string) => (isAbsolute(path) ? path : join(base, path));
  return {
    ...lab,
    api: { ...lab.api, kubeconfig: absolute(lab.api.kubeconfig) },
    machines: lab.machines.map((each) =>
      each.shell.via === "ssh"
        ? { ...each, shell: { ...each.shell, keyFile: absolute(each.shell.keyFile) } }
        : each,
    ),
  };
}
