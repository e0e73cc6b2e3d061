// The client certificate by which etcd's own tools reach it, read from one of its machines while all is well.
import { inconclusiveError, messageOf } from "../base/errors.ts";
import type { ApiCredentials } from "../kube/access.ts";
import type { World } from "../lab/world.ts";

const limitMs = 10_000;

/** From the first machine that gives it. Kept in memory only. @throws KubedrillError (inconclusive) */
export async function etcdCredentials(world: World): Promise<ApiCredentials> {
  const { ca, cert, key } = world.file.etcd;
  let last: unknown;
  for (const machine of world.etcdMachines) {
    const read = async (path: string) =>
      (await machine.shell.readFile(path, { timeoutMs: limitMs })).toString();
    try {
      return { ca: await read(ca), cert: await read(cert), key: await read(key) };
    } catch (error) {
      last = error;
    }
  }
  throw inconclusiveError(`No machine gives etcd's client certificate ${cert}: ${messageOf(last)}.`, {
    cause: last,
    hint: "name the files under etcd.ca, etcd.cert and etcd.key in the lab file",
  });
}
