// The members of etcd as etcd itself lists them, asked on a machine over its JSON gateway; needs only curl there.
// Source: etcd documentation, "gRPC gateway" (`/v3/cluster/member/list`, `/v3/maintenance/status`).
import { z } from "zod";
import { inconclusiveError } from "../base/errors.ts";
import type { LabFile } from "./lab-file.ts";
import type { Machine } from "./world.ts";

const memberList = z.object({
  members: z.array(
    z.object({
      ID: z.string(),
      name: z.string().default(""),
      peerURLs: z.array(z.string()).default([]),
      clientURLs: z.array(z.string()).default([]),
      isLearner: z.boolean().default(false),
    }),
  ),
});
const memberStatus = z.object({
  leader: z.string().default("0"),
  version: z.string(),
  dbSize: z.string().default("0"),
});

export interface EtcdMember {
  /** Hexadecimal, as etcdctl prints it. */
  id: string;
  name: string;
  machine: string;
  learner: boolean;
  dbSizeBytes: number;
}

export interface EtcdState {
  members: EtcdMember[];
  /** Name of the leader's machine. */
  leader: string | null;
  version: string;
}

/** Asks the first of etcd's machines that answers. @throws KubedrillError (inconclusive) when none does */
export async function readEtcd(file: LabFile, machines: Machine[]): Promise<EtcdState> {
  let last: unknown;
  for (const machine of machines) {
    try {
      return await readFrom(file, machine, machines);
    } catch (error) {
      last = error;
    }
  }
  throw inconclusiveError("No machine could list the members of etcd.", {
    cause: last,
    hint: "check the paths under `etcd` in the lab file and that curl is on the machines",
  });
}

async function readFrom(file: LabFile, machine: Machine, machines: Machine[]): Promise<EtcdState> {
  const ask = async (address: string, path: string) => {
    const { ca, cert, key, clientPort } = file.etcd;
    const { stdout } = await machine.shell.run(
      `curl -sf -m 4 --cacert ${ca} --cert ${cert} --key ${key} -d '{}' https://${address}:${String(clientPort)}${path}`,
      { timeoutMs: 8000 },
    );
    return JSON.parse(stdout) as unknown;
  };
  const { members } = memberList.parse(await ask("127.0.0.1", "/v3/cluster/member/list"));
  const own = memberStatus.parse(await ask("127.0.0.1", "/v3/maintenance/status"));
  const known = await Promise.all(
    members.map(async (each) => {
      const host = new URL(each.peerURLs[0] ?? "https://unknown").hostname;
      const on = machines.find((candidate) => candidate.address === host);
      const status = await ask(host, "/v3/maintenance/status").then(
        (answer) => memberStatus.parse(answer),
        () => undefined,
      );
      return {
        decimal: each.ID,
        id: BigInt(each.ID).toString(16),
        name: each.name,
        machine: on?.name ?? each.name,
        learner: each.isLearner,
        dbSizeBytes: Number(status?.dbSize ?? 0),
      };
    }),
  );
  return {
    members: known.map(({ decimal, ...member }) => member),
    leader: known.find((each) => each.decimal === own.leader)?.machine ?? null,
    version: own.version,
  };
}
