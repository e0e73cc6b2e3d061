// What the etcd members say of themselves and of each other, put together to what the cluster has: a leader or none.
import type { Topology } from "../lab/facts.ts";
import type { Recorder } from "../timeline/recorder.ts";
import { connect, type Client } from "./connection.ts";
import type { MemberTarget } from "./etcd.ts";
import { clusterView, memberWord, parseMembers, parseStatus, type MemberStatus } from "./etcd-answers.ts";
import type { Probe } from "./probe.ts";
import { startSchedule } from "./schedule.ts";
import { StateBook } from "./state-book.ts";

export interface EtcdStatusOptions {
  machines: readonly string[];
  members: Topology["etcd"]["members"];
  targetOf: MemberTarget;
  /** Filled by the health probes. */
  health: ReadonlyMap<string, boolean>;
  tickMs: number;
  phaseMs: number;
}

/** Answered from memory by a living member, in milliseconds. */
const limitMs = 1000;
/** Member list and gauges are of interest once a second. */
const slowTickMs = 1000;

/**
 * Id "etcd". States: "leader" (machine or null), "term", "members-healthy", "voters", "learners", and per machine
 * "member:<machine>" (leader, follower, learner, leaderless, away). Gauges: "<machine>/raft-index", "<machine>/db-size".
 */
export function etcdStatusProbe(options: EtcdStatusOptions): Probe {
  const { machines, targetOf, health, tickMs } = options;
  const info: Probe["info"] = {
    probe: "etcd",
    title: "etcd members and leader",
    group: "etcd",
    tickMs,
    timeoutMs: limitMs,
    labels: {},
  };
  const clients = new Map<string, Client>();
  const statuses = new Map<string, MemberStatus | undefined>();
  const asking = new Map<string, Promise<void>>();
  let voters = options.members.filter((each) => !each.learner).length;
  const stops: (() => void)[] = [];

  const post = async (machine: string, path: string): Promise<string | undefined> => {
    try {
      const headers = { "content-type": "application/json" };
      const ask = { method: "POST" as const, path, headers, body: "{}" };
      return (await clients.get(machine)?.ask(ask, AbortSignal.timeout(limitMs)))?.body;
    } catch {
      return undefined;
    }
  };
  /** One question at a time per member; a member that does not answer is away after the limit. */
  const askStatus = (machine: string, then: () => void): Promise<void> => {
    const answer =
      asking.get(machine) ??
      post(machine, "/v3/maintenance/status")
        .then((body) => {
          statuses.set(machine, body === undefined ? undefined : parseStatus(body));
          then();
        })
        .finally(() => asking.delete(machine));
    asking.set(machine, answer);
    return answer;
  };
  const say = (book: StateBook) => {
    const { leader, term, note } = clusterView(statuses, voters);
    for (const [machine, status] of statuses) book.set(`member:${machine}`, memberWord(status));
    book.set("leader", leader, note);
    if (term !== null) book.set("term", term);
    book.set("members-healthy", [...health.values()].filter(Boolean).length);
  };
  const askMembers = async (book: StateBook): Promise<void> => {
    const answering = machines.find((each) => statuses.get(each) !== undefined);
    const body = answering === undefined ? undefined : await post(answering, "/v3/cluster/member/list");
    const members = body === undefined ? undefined : parseMembers(body);
    if (members === undefined) return;
    voters = members.filter((each) => !each.learner).length;
    book.set("voters", voters);
    book.set("learners", members.length - voters);
  };
  const gauge = (recorder: Recorder) => {
    for (const [machine, status] of statuses) {
      if (status === undefined) continue;
      const put = (name: string, value: number, unit: string) => {
        recorder.record({ type: "gauge", probe: info.probe, subject: `${machine}/${name}`, value, unit });
      };
      put("raft-index", status.raftIndex, "entries");
      put("db-size", status.dbSizeBytes, "bytes");
    }
  };

  return {
    info,
    async start(recorder) {
      recorder.record({ type: "probe", ...info });
      for (const machine of machines) clients.set(machine, connect(await targetOf(machine), "kept"));
      const book = new StateBook(recorder, info.probe);
      let complete = false;
      const changed = () => {
        if (complete) say(book);
      };
      const askAll = () => Promise.all(machines.map((each) => askStatus(each, changed)));
      await askAll();
      await askMembers(book);
      complete = true;
      say(book);
      const schedule = { now: () => recorder.now(), phaseMs: options.phaseMs };
      const onLate = (from: number, t: number) => {
        recorder.record({ type: "blind", probe: info.probe, from, t, why: "the harness was late" });
      };
      stops.push(
        startSchedule({ ...schedule, tickMs, onTick: () => void askAll(), onLate }),
        startSchedule({
          ...schedule,
          tickMs: slowTickMs,
          onTick: () => {
            gauge(recorder);
            void askMembers(book);
          },
          onLate: () => undefined,
        }),
      );
    },
    async stop() {
      for (const stop of stops) stop();
      await Promise.all(asking.values());
      for (const client of clients.values()) client.close();
    },
  };
}
