import { describe, expect, it } from "vitest";
import { pickMember, type Candidate } from "./pick-member.ts";

const member = (machine: string, more: Partial<Candidate> = {}): Candidate => ({
  machine,
  ill: null,
  leader: false,
  raftIndex: 5000,
  version: "3.6.6",
  dbSizeBytes: 5e6,
  ...more,
});

describe("the member of a snapshot", () => {
  it("is a follower that is well and not behind", () => {
    const all = [
      member("cp1", { leader: true, raftIndex: 5002 }),
      member("cp2", { raftIndex: 3000 }),
      member("cp3", { raftIndex: 4999 }),
    ];
    expect(pickMember(all, undefined).machine).toBe("cp3");
  });

  it("is the leader when nobody else is well", () => {
    const all = [member("cp1", { leader: true }), member("cp2", { ill: "it does not answer" })];
    expect(pickMember(all, undefined).machine).toBe("cp1");
  });

  it("is the one that is named, if it is well", () => {
    const all = [member("cp1", { leader: true }), member("cp2", { ill: "etcd has raised NOSPACE" })];
    expect(pickMember(all, "cp1").machine).toBe("cp1");
    expect(() => pickMember(all, "cp2")).toThrow("No snapshot is taken from cp2: etcd has raised NOSPACE.");
    expect(() => pickMember(all, "w1")).toThrow(
      "No snapshot is taken from w1: it is no machine with a member of etcd.",
    );
  });

  it("is none when none is well, and each is told why", () => {
    const all = [member("cp1", { ill: "it does not answer" }), member("cp2", { ill: "it is a learner" })];
    expect(() => pickMember(all, undefined)).toThrow("cp1: it does not answer; cp2: it is a learner");
  });
});
