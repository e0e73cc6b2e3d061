import { describe, expect, it } from "vitest";
import {
  clusterView,
  isHealthy,
  memberWord,
  parseMembers,
  parseStatus,
  type MemberStatus,
} from "./etcd-answers.ts";

/** Recorded from etcd 3.6.6. */
const recorded =
  '{"header":{"cluster_id":"1247123018462437890","member_id":"10276657743932975437","revision":"5213","raft_term":"4"},"version":"3.6.6","dbSize":"5402624","leader":"10276657743932975437","raftIndex":"6021","raftTerm":"4","raftAppliedIndex":"6021","dbSizeInUse":"2924544","storageVersion":"3.6.0","dbSizeQuota":"2147483648"}';

const status = (
  memberId: string,
  leaderId: string | null,
  extra: Partial<MemberStatus> = {},
): MemberStatus => ({
  memberId,
  leaderId,
  term: 4,
  raftIndex: 10,
  dbSizeBytes: 1,
  learner: false,
  ...extra,
});

describe("answers of a member", () => {
  it("are read with their 64-bit numbers whole", () => {
    expect(parseStatus(recorded)).toEqual({
      memberId: "8e9e05c52164694d",
      leaderId: "8e9e05c52164694d",
      term: 4,
      raftIndex: 6021,
      dbSizeBytes: 5_402_624,
      learner: false,
    });
  });

  it("know no leader when the number is missing", () => {
    expect(parseStatus(recorded.replace(/"leader":"\d+",/, ""))?.leaderId).toBeNull();
    expect(parseStatus(recorded.replace(/"leader":"\d+"/, '"leader":"0"'))?.leaderId).toBeNull();
  });

  it("are nothing when they are something else", () => {
    expect(parseStatus("<html>")).toBeUndefined();
    expect(parseStatus('{"error":"etcdserver: no leader","code":14}')).toBeUndefined();
    expect(parseMembers("[]")).toBeUndefined();
  });

  it("list members, learners marked", () => {
    const json =
      '{"header":{},"members":[{"ID":"10276657743932975437","name":"cp1","peerURLs":["https://10.0.0.11:2380"],"clientURLs":["https://10.0.0.11:2379"]},{"ID":"255","peerURLs":["https://10.0.0.12:2380"],"isLearner":true}]}';
    expect(parseMembers(json)).toEqual([
      { id: "8e9e05c52164694d", name: "cp1", learner: false },
      { id: "ff", name: "", learner: true },
    ]);
  });

  it("are healthy only when they say so", () => {
    expect(isHealthy('{"health":"true","reason":""}')).toBe(true);
    expect(isHealthy('{"health":"false","reason":"RAFT NO LEADER"}')).toBe(false);
    expect(isHealthy("")).toBe(false);
  });
});

describe("the cluster", () => {
  it("has the leader that all agree on", () => {
    const view = clusterView(
      new Map([
        ["cp1", status("a", "a")],
        ["cp2", status("b", "a")],
        ["cp3", undefined],
      ]),
      3,
    );
    expect(view).toEqual({ leader: "cp1", term: 4 });
  });

  it("has none while survivors still name the dead one", () => {
    const view = clusterView(
      new Map([
        ["cp1", undefined],
        ["cp2", status("b", "a")],
        ["cp3", status("c", "a")],
      ]),
      3,
    );
    expect(view.leader).toBeNull();
    expect(view.note).toMatch(/does not answer/);
  });

  it("has none while members disagree, during an election", () => {
    const view = clusterView(
      new Map([
        ["cp2", status("b", "b", { term: 5 })],
        ["cp3", status("c", null)],
      ]),
      3,
    );
    expect(view).toMatchObject({ leader: null, term: 5 });
  });

  it("has none without a quorum of voters, whatever the survivor believes", () => {
    const view = clusterView(new Map([["cp3", status("c", "c")]]), 3);
    expect(view.leader).toBeNull();
    expect(clusterView(new Map([["cp3", undefined]]), 3)).toEqual({ leader: null, term: null });
  });

  it("does not count learners", () => {
    const view = clusterView(
      new Map([
        ["cp1", status("a", "a")],
        ["cp2", status("b", "a", { learner: true })],
      ]),
      2,
    );
    expect(view.leader).toBeNull();
  });
});

it("has one word for each member", () => {
  expect(memberWord(undefined)).toBe("away");
  expect(memberWord(status("a", "a"))).toBe("leader");
  expect(memberWord(status("b", "a"))).toBe("follower");
  expect(memberWord(status("b", null))).toBe("leaderless");
  expect(memberWord(status("b", "a", { learner: true }))).toBe("learner");
});
