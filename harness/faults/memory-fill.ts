// Fills a machine's memory with a pod that uses no more than it asked for, so that the kubelet must choose others: most
// of it fast, the last part slowly, so that the kubelet, which looks every 10 s, acts before the kernel does. Healed by
// deleting the pod.
import { z } from "zod";
import { inconclusiveError } from "../base/errors.ts";
import { until } from "../base/until.ts";
import { readMemory } from "../lab/memory.ts";
import type { World } from "../lab/world.ts";
import type { Fault, FaultKind } from "./fault.ts";

const args = z.strictObject({
  machine: z.string().min(1),
  namespace: z.string().min(1),
  /** Name of the pod that fills. */
  pod: z.string().min(1),
  /** A pod of that namespace, whose image is used. */
  like: z.string().min(1),
  /** Taken as fast as it goes. */
  fastBytes: z.int().min(0),
  /** Taken after that in small steps. */
  slowBytes: z.int().min(0),
  slowBytesPerSecond: z.int().min(1),
});
export type MemoryFillArgs = z.output<typeof args>;

const requestLimitMs = 10_000;
const goneLimitMs = 60_000;
/** Of the program itself; it asks for so much more than it takes. */
const ownBytes = 64 * 2 ** 20;
/** What must be left of the memory that the machine really has. */
const reserveBytes = 512 * 2 ** 20;
const stepBytes = 2 ** 20;

export const memoryFill: FaultKind<MemoryFillArgs> = {
  kind: "node.memory-fill",
  band: { label: "memory", tone: "service" },
  args,
  requires: [],
  needsApi: true,
  targets: ({ machine }) => [machine],
  title: ({ machine, fastBytes, slowBytes }) =>
    `filling of ${((fastBytes + slowBytes) / 2 ** 30).toPrecision(3)} GiB of memory on ${machine}`,
  async inject(world, fill) {
    await reallyThere(world, fill);
    await leftToKubelet(world, fill);
    const like = await world.kube.main.raw("GET", pathOf(fill.namespace, fill.like), {
      timeoutMs: requestLimitMs,
    });
    const [container] = podSchema.parse(like).spec.containers;
    const node = world.machine(fill.machine).node;
    await world.kube.main.raw("POST", `/api/v1/namespaces/${encodeURIComponent(fill.namespace)}/pods`, {
      timeoutMs: requestLimitMs,
      body: podOf(fill, node, container?.image ?? ""),
    });
  },
  async confirm(world, fill, signal) {
    await until(async () => (await phaseOf(world, fill)) === "Running", {
      what: `the pod ${fill.pod} to run on ${fill.machine}`,
      timeoutMs: 15_000,
      intervalMs: 250,
      signal,
    });
    return `${fill.pod} runs on ${fill.machine}`;
  },
  async heal(world, fill, signal) {
    await until(
      async () => {
        await world.kube.main.raw("DELETE", pathOf(fill.namespace, fill.pod), {
          timeoutMs: requestLimitMs,
          body: { apiVersion: "v1", kind: "DeleteOptions", gracePeriodSeconds: 1 },
          okStatus: [404],
        });
        return (await phaseOf(world, fill)) === undefined;
      },
      { what: `the pod ${fill.pod} to be gone`, timeoutMs: goneLimitMs, intervalMs: 500, signal },
    );
  },
  async confirmHealed(world, fill) {
    if ((await phaseOf(world, fill)) !== undefined)
      throw inconclusiveError(`The pod ${fill.namespace}/${fill.pod} is still there.`);
  },
  byHand: (_, { namespace, pod }) => [`kubectl -n ${namespace} delete pod ${pod} --grace-period=1`],
};

export function fillMemory(args: MemoryFillArgs): Fault {
  return { kind: memoryFill.kind, args };
}

/** What a pod that fills so much must ask for. */
export function askedToFill({
  fastBytes,
  slowBytes,
}: Pick<MemoryFillArgs, "fastBytes" | "slowBytes">): number {
  return fastBytes + slowBytes + ownBytes;
}

/** A machine may be told to have less memory than it has, or, where machines share a host, more. */
async function reallyThere(world: World, fill: MemoryFillArgs): Promise<void> {
  const { stdout } = await world
    .machine(fill.machine)
    .shell.run("awk '/^MemAvailable:/ { print $2 }' /proc/meminfo", { timeoutMs: requestLimitMs });
  const leftBytes = Number(stdout.trim()) * 1024 - askedToFill(fill);
  if (!(leftBytes >= reserveBytes))
    throw inconclusiveError(
      `${fill.machine} has too little memory for this: of what it really has ${String(Math.round(leftBytes / 2 ** 20))} MiB would be left.`,
      { hint: "free some memory on the machine, or on the host that it shares with others" },
    );
}

/** What is filled fast must end before the threshold: beyond it not the kubelet but the kernel would choose. */
async function leftToKubelet(world: World, { machine, fastBytes }: MemoryFillArgs): Promise<void> {
  const { freeBytes } = await readMemory(world, machine);
  if (freeBytes < fastBytes)
    throw inconclusiveError(
      `Pods on ${machine} may use only ${String(Math.round(freeBytes / 2 ** 20))} MiB more until the kubelet evicts, fewer than the ${String(Math.round(fastBytes / 2 ** 20))} MiB that are to be filled at once.`,
    );
}

function podOf(fill: MemoryFillArgs, node: string, image: string): unknown {
  const { namespace, pod, fastBytes, slowBytes, slowBytesPerSecond } = fill;
  const sleepMs = Math.round((1000 * stepBytes) / slowBytesPerSecond);
  const container = (name: string, bytes: number, step: string, sleep: string) => ({
    name,
    image,
    imagePullPolicy: "IfNotPresent",
    args: [
      "stress",
      `--mem-total=${String(bytes)}`,
      `--mem-alloc-size=${step}`,
      `--mem-alloc-sleep=${sleep}`,
    ],
    resources: { requests: { cpu: "10m", memory: String(bytes + ownBytes / 2) } },
  });
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: {
      name: pod,
      namespace,
      labels: { "app.kubernetes.io/managed-by": "kubedrill", app: pod },
    },
    spec: {
      // Past the scheduler: a node under pressure takes a pod that is not best-effort, when its kubelet agrees.
      nodeName: node,
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      terminationGracePeriodSeconds: 1,
      tolerations: [{ operator: "Exists" }],
      containers: [
        container("fast", fastBytes, "32Mi", "10ms"),
        container("slow", slowBytes, String(stepBytes), `${String(sleepMs)}ms`),
      ],
    },
  };
}

/** undefined: there is no such pod. */
async function phaseOf(world: World, { namespace, pod }: MemoryFillArgs): Promise<string | undefined> {
  const found = await world.kube.main.raw("GET", pathOf(namespace, pod), {
    timeoutMs: requestLimitMs,
    okStatus: [404],
  });
  return found === undefined ? undefined : podSchema.parse(found).status.phase;
}

function pathOf(namespace: string, pod: string): string {
  return `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods/${encodeURIComponent(pod)}`;
}

const podSchema = z.object({
  spec: z.object({ containers: z.array(z.object({ image: z.string() })) }),
  status: z.object({ phase: z.string().default("Pending") }).prefault({}),
});
