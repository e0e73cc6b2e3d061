// Makes the objects of a dump in a cluster, in an order in which each finds what it needs. What is there and different is
// told, and not overwritten unless that is asked for.
import { isDeepStrictEqual } from "node:util";
import { messageOf } from "../../base/errors.ts";
import { until } from "../../base/until.ts";
import type { KubeClients } from "../../kube/access.ts";
import { kubeObject } from "../../kube/list-pages.ts";
import { declaredForm, withoutMarks, type Declared } from "./declared.ts";
import { inOrder } from "./order.ts";
import { collectionPath, discoverResources, type Resource } from "./resources.ts";

export interface RestoreObjectsOrder {
  /** Overwrites what is different. */
  force: boolean;
  /** Only tells what would be done. */
  dryRun: boolean;
  /** Labels and annotations that begin with this are nobody's declaration. */
  besides?: string;
  onProgress: (line: string) => void;
}

/** Names as "Kind namespace/name". */
export interface RestoredObjects {
  created: string[];
  same: number;
  overwritten: string[];
  /** There, different, and left as they are. */
  different: string[];
  failed: { object: string; why: string }[];
  /** Machines join a cluster by themselves. */
  nodesMissing: string[];
}

const limitMs = 20_000;
/** For the API to serve a new kind. */
const newKindMs = 60_000;

/** Never throws for a single object. @throws KubedrillError when the API does not answer at all */
export async function restoreObjects(
  kube: KubeClients,
  objects: readonly Declared[],
  order: RestoreObjectsOrder,
): Promise<RestoredObjects> {
  const kinds = new Kinds(kube);
  const done: RestoredObjects = {
    created: [],
    same: 0,
    overwritten: [],
    different: [],
    failed: [],
    nodesMissing: [],
  };
  for (const each of inOrder(objects)) {
    const called = nameOf(each);
    try {
      const what = await restoreOne(kube, kinds, each, order);
      if (what === "same") done.same += 1;
      else done[what].push(called);
      if (what === "created" || what === "overwritten") order.onProgress(`${what} ${called}`);
    } catch (error) {
      done.failed.push({ object: called, why: messageOf(error) });
    }
  }
  return done;
}

/** Of a dry run: what is not there, or otherwise. */
export function oddOf({ different, created, failed }: RestoredObjects): string[] {
  return [...different, ...created, ...failed.map(({ object }) => object)];
}

function nameOf({ kind, metadata }: Pick<Declared, "kind" | "metadata">): string {
  return `${kind} ${metadata.namespace === undefined ? "" : `${metadata.namespace}/`}${metadata.name}`;
}

async function restoreOne(
  kube: KubeClients,
  kinds: Kinds,
  wanted: Declared,
  { force, dryRun, besides }: RestoreObjectsOrder,
): Promise<"created" | "same" | "overwritten" | "different" | "nodesMissing"> {
  const resource = await kinds.of(wanted, dryRun);
  if (resource === null) return "created";
  const { name, namespace } = wanted.metadata;
  const path = `${collectionPath(resource, namespace)}/${encodeURIComponent(name)}`;
  const found = await kube.raw("GET", path, { timeoutMs: limitMs, okStatus: [404] });
  if (found === undefined && wanted.kind === "Node") return "nodesMissing";
  if (found !== undefined) {
    const is = declaredForm(resource, kubeObject(found));
    if (isSame(besides === undefined ? is : withoutMarks(is, besides), wanted)) return "same";
  }
  if (found !== undefined && !force) return "different";
  if (!dryRun) await apply(kube, path, wanted);
  if (!dryRun && wanted.kind === "CustomResourceDefinition") await established(kube, path);
  return found === undefined ? "created" : "overwritten";
}

function isSame(is: Declared, wanted: Declared): boolean {
  // As files have them: what is undefined is not there.
  return isDeepStrictEqual(JSON.parse(JSON.stringify(is)), JSON.parse(JSON.stringify(wanted)));
}

async function apply(kube: KubeClients, path: string, body: Declared): Promise<void> {
  await kube.raw("PATCH", `${path}?fieldManager=kubedrill-restore&force=true`, {
    timeoutMs: limitMs,
    body,
    contentType: "application/apply-patch+yaml",
  });
}

async function established(kube: KubeClients, path: string): Promise<void> {
  await until(
    async () => {
      const found = (await kube.raw("GET", path, { timeoutMs: limitMs })) as {
        status?: { conditions?: { type: string; status: string }[] };
      };
      return found.status?.conditions?.some((each) => each.type === "Established" && each.status === "True");
    },
    { what: "a new kind of object to be served", timeoutMs: newKindMs, intervalMs: 250 },
  );
}

/** The kinds of the cluster, which become more while definitions are restored. */
class Kinds {
  readonly #kube: KubeClients;
  #known: Resource[] = [];

  constructor(kube: KubeClients) {
    this.#kube = kube;
  }

  /** @returns null when it is not there and need not be @throws Error when the cluster does not get to know it */
  async of(wanted: Declared, dryRun: boolean): Promise<Resource | null> {
    const known = this.#find(wanted);
    if (known !== undefined) return known;
    this.#known = (await discoverResources(this.#kube)).resources;
    const found = this.#find(wanted);
    if (found !== undefined) return found;
    if (dryRun) return null;
    return until(
      async () => {
        this.#known = (await discoverResources(this.#kube)).resources;
        return this.#find(wanted);
      },
      {
        what: `this cluster to serve ${wanted.apiVersion} ${wanted.kind}`,
        timeoutMs: limitMs,
        intervalMs: 1000,
      },
    );
  }

  /** By group and kind; the version is the one that the cluster prefers. */
  #find({ apiVersion, kind }: Declared): Resource | undefined {
    const group = apiVersion.includes("/") ? (apiVersion.split("/")[0] ?? "") : "";
    const version = apiVersion.split("/").at(-1);
    const own = this.#known.filter((each) => each.group === group && each.kind === kind);
    return own.find((each) => each.version === version);
  }
}
