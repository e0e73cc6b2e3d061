// The demo workload behind the ingress of a lab, for as long as it is measured.
import { join } from "node:path";
import { request } from "undici";
import { labDir } from "../harness/base/paths.ts";
import { until } from "../harness/base/until.ts";
import { usageError } from "../harness/base/errors.ts";
import { readLabFile } from "../harness/lab/lab-file.ts";
import { openWorld } from "../harness/lab/open-world.ts";
import { undoEntry } from "../harness/safety/heal.ts";
import { Ledger } from "../harness/safety/ledger.ts";
import { acquireRunLock } from "../harness/safety/lock.ts";
import { namespaceEntry } from "../harness/safety/undo.ts";
import { deployDemo, makeNamespace } from "../harness/workloads/demo.ts";
import { demoHost, demoNamespace, type DemoOptions } from "../harness/workloads/manifests.ts";
import type { Front } from "./load-tools.ts";

const replicas = 4;

/** @throws KubedrillError (usage) when the lab has no ingress */
export async function behindIngress(lab: string, body: (front: Front) => Promise<void>): Promise<void> {
  const lock = await acquireRunLock(lab, "bench load");
  const world = await openWorld(await readLabFile(join(labDir(lab), "lab.yaml")));
  const { ingress, demo } = world.file;
  const machine = world.machines.find(
    ({ name, role }) => ingress?.machines?.includes(name) ?? role === "worker",
  );
  const ledger = new Ledger(lab);
  const entry = namespaceEntry({ id: "bench/load/demo", runId: "bench", namespace: demoNamespace });
  try {
    if (ingress === undefined || machine === undefined)
      throw usageError(`The lab ${lab} has no ingress that could be measured.`);
    const options: DemoOptions = {
      namespace: demoNamespace,
      image: demo.image,
      replicas,
      tolerationSeconds: null,
      graceful: true,
      ingressClass: ingress.className,
    };
    ledger.open(entry);
    await makeNamespace(world, options);
    await deployDemo(world, options);
    const url = `http://${machine.address}:${String(ingress.httpPort)}`;
    const front = { url, path: "/hostname", host: demoHost };
    await until(() => answers(front), { what: `an answer of the demo through ${url}`, timeoutMs: 30_000 });
    await body(front);
  } finally {
    if (ledger.pending().some(({ id }) => id === entry.id)) await undoEntry(world, ledger, entry);
    await world.close();
    lock.release();
  }
}

/** Whoever measures an error page measures another thing. */
async function answers({ url, path, host }: Front & { host: string }): Promise<boolean> {
  const { statusCode, body } = await request(`${url}${path}`, {
    headers: { host },
    signal: AbortSignal.timeout(2000),
  });
  await body.dump();
  return statusCode === 200;
}
