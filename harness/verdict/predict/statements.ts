// The prediction in sentences, as it is printed before the fault.
import { figure } from "./budget.ts";
import { apiBack, newLeader, nodesMarked, podsEvicted, podStart, vipMove } from "./common-links.ts";
import { evictionStops, podsLost } from "./expect-workload.ts";
import { nodeSilenceEarliestMs } from "./links.ts";
import { tolerance } from "./quorum.ts";
import type { Situation } from "./situation.ts";
import { effectivePriority } from "./vrrp.ts";

export function statementsOf(situation: Situation): string[] {
  return [
    quorum(situation),
    ...vip(situation),
    ...(situation.outcome === "serves" ? minority(situation) : outage(situation)),
  ];
}

function quorum({ voters, livingVoters, quorum, outcome, off }: Situation): string {
  const votes = `${String(livingVoters)} of ${String(voters)} voting etcd members live, ${String(quorum)} are needed (${String(tolerance(voters))} may be lost)`;
  const so = {
    serves: "the API goes on",
    stopped: "no write and no linearizable read can succeed",
    gone: "no API server lives, there is no API",
  }[outcome];
  return `Without ${off.join(", ")}: ${votes}, so ${so}.`;
}

function vip(situation: Situation): string[] {
  const { input, successor, vipHolderLost, outcome } = situation;
  const holder = input.topology.vip?.holder ?? null;
  if (input.topology.vip === null) return [];
  if (outcome === "gone") return ["The VIP is gone: no machine is left that may hold it."];
  if (!vipHolderLost) return [`The VIP stays on ${holder ?? "its holder"}.`];
  const move = vipMove(situation);
  if (successor === null || move === null) return ["The VIP moves to a machine that lives."];
  const priority = effectivePriority(successor, outcome === "serves");
  return [
    `The VIP moves from ${holder ?? "?"} to ${successor.machine} (highest living priority, ${String(priority)}) within ${figure(move.ms)}.`,
  ];
}

function minority(situation: Situation): string[] {
  const { input, lostNodes, living } = situation;
  const elected = newLeader(situation);
  const leader = input.topology.etcd.leader;
  const sentences = [
    elected === null
      ? `etcd's leader ${leader ?? ""} lives, no election is needed.`
      : `etcd's leader ${leader ?? ""} is lost, another leads within ${figure(elected.ms)}.`,
  ];
  if (lostNodes.length === 0) return sentences;
  const earliest = figure(nodeSilenceEarliestMs(input.settings));
  sentences.push(
    `Node ${lostNodes.join(", ")} is marked between ${earliest} and ${figure(nodesMarked(situation).ms)} after the fault; ${living.join(", ")} stay Ready.`,
  );
  const lost = podsLost(situation);
  if (lost === 0) return sentences;
  if (evictionStops(situation))
    return [...sentences, "More than 55 % of the nodes are silent, so nothing is evicted."];
  const fullMs = podsEvicted(situation).ms + podStart(situation).ms;
  const all = String(input.workload.replicas);
  sentences.push(
    `Its ${String(lost)} pods are evicted ${figure(input.workload.tolerationMs.value)} later and replaced: ${all} of ${all} Ready within about ${figure(fullMs)}.`,
  );
  return sentences;
}

function outage(situation: Situation): string[] {
  return [
    "Nothing is marked or evicted meanwhile; every workload container on a living machine runs on.",
    `After power on the API answers again within ${figure(apiBack(situation).ms)}, with every acknowledged write.`,
  ];
}
