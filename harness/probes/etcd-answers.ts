// What etcd members say of themselves (gRPC gateway, JSON with 64-bit numbers as text), and what follows from several
// of them. Pure.

export interface MemberStatus {
  /** Hexadecimal, as etcd's own tools print ids. */
  memberId: string;
  /** Null: it follows none. */
  leaderId: string | null;
  term: number;
  raftIndex: number;
  dbSizeBytes: number;
  learner: boolean;
}

export interface MemberEntry {
  id: string;
  name: string;
  learner: boolean;
}

/** Answer of POST /v3/maintenance/status. @returns undefined when it is not one */
export function parseStatus(json: string): MemberStatus | undefined {
  const answer = record(json);
  const header = answer?.header;
  if (answer === undefined || !isRecord(header)) return undefined;
  const leader = hex(answer.leader);
  return {
    memberId: hex(header.member_id) ?? "",
    leaderId: leader === "0" ? null : (leader ?? null),
    term: Number(answer.raftTerm ?? 0),
    raftIndex: Number(answer.raftIndex ?? 0),
    dbSizeBytes: Number(answer.dbSize ?? 0),
    learner: answer.isLearner === true,
  };
}

/** Answer of POST /v3/cluster/member/list. @returns undefined when it is not one */
export function parseMembers(json: string): MemberEntry[] | undefined {
  const members = record(json)?.members;
  if (!Array.isArray(members)) return undefined;
  return members.filter(isRecord).map((each) => ({
    id: hex(each.ID) ?? "",
    // A member that was added and has not started yet has no name.
    name: typeof each.name === "string" ? each.name : "",
    learner: each.isLearner === true,
  }));
}

/** Answer of GET /health: true only when the member could read with quorum just now. */
export function isHealthy(json: string): boolean {
  return record(json)?.health === "true";
}

export interface ClusterView {
  /** Machine of the leader; null when there is none that the answers agree on. */
  leader: string | null;
  /** Why there is none although somebody names one. */
  note?: string;
  term: number | null;
}

/**
 * The leader that all answering members agree on, at least a quorum of the voters, and that answers itself: survivors
 * go on naming a dead leader until their election time is over.
 * @param statuses machine → its member's answer; undefined when it does not answer
 * @param voters members that vote, living or not
 */
export function clusterView(
  statuses: ReadonlyMap<string, MemberStatus | undefined>,
  voters: number,
): ClusterView {
  const answers = [...statuses].flatMap(([machine, status]) =>
    status === undefined ? [] : [{ machine, ...status }],
  );
  const term = answers.length === 0 ? null : Math.max(...answers.map((each) => each.term));
  const named = new Set(answers.filter((each) => !each.learner).map((each) => each.leaderId));
  const [leaderId] = named;
  if (named.size > 1) return { leader: null, term, note: "the members disagree" };
  if (leaderId === undefined || leaderId === null) return { leader: null, term };
  const machine = answers.find((each) => each.memberId === leaderId)?.machine;
  if (machine === undefined) return { leader: null, term, note: "the leader that they name does not answer" };
  const quorum = Math.floor(voters / 2) + 1;
  const following = answers.filter((each) => !each.learner).length;
  return following < quorum
    ? { leader: null, term, note: `fewer than ${String(quorum)} answer` }
    : { leader: machine, term };
}

/** One word for what a member is. */
export function memberWord(
  status: MemberStatus | undefined,
): "leader" | "follower" | "learner" | "leaderless" | "away" {
  if (status === undefined) return "away";
  if (status.learner) return "learner";
  if (status.leaderId === null) return "leaderless";
  return status.leaderId === status.memberId ? "leader" : "follower";
}

function record(json: string): Record<string, unknown> | undefined {
  try {
    const parsed: unknown = JSON.parse(json);
    return isRecord(parsed) ? parsed : undefined;
  } catch {
    return undefined;
  }
}

function isRecord(raw: unknown): raw is Record<string, unknown> {
  return typeof raw === "object" && raw !== null && !Array.isArray(raw);
}

/** A decimal 64-bit number as text → hexadecimal; absent means zero in protobuf's JSON. */
function hex(raw: unknown): string | undefined {
  if (typeof raw !== "string") return undefined;
  return /^\d+$/.test(raw) ? BigInt(raw).toString(16) : undefined;
}
