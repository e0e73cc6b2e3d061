// The virtual address: on the machine that priorities predict, on one only, and gone when nobody is left to hold it.
import type { Expectation } from "../expectation.ts";
import { budgetOf, chain, given, inputOf, none } from "./budget.ts";
import { injection, look, nextLook, nextSlowLook, slowTicks, vipMove } from "./common-links.ts";
import type { Situation } from "./situation.ts";
import { effectivePriority } from "./vrrp.ts";
import { during } from "./windows.ts";

export function vipExpectations(situation: Situation): Expectation[] {
  const { topology, settings } = situation.input;
  if (topology.vip === null) return [];
  if (situation.outcome === "gone") return [gone(situation), tcpFails(situation)];
  const expectations = situation.vipHolderLost ? moves(situation) : [stays(situation)];
  return settings.keepalived === null ? expectations : [...expectations, neverTwo(situation)];
}

function moves(situation: Situation): Expectation[] {
  const { input, successor } = situation;
  const link = chain("the VIP has moved", injection(situation), vipMove(situation), nextSlowLook(input));
  const priority = successor === null ? null : effectivePriority(successor, situation.outcome === "serves");
  const who = successor === null ? "a machine that lives" : successor.machine;
  return [
    {
      id: "vip.moved",
      title: `The VIP is on ${who}`,
      judge: {
        kind: "state-within",
        select: { probe: "vip", subjects: [successor?.machine ?? "holders"] },
        want: successor === null ? { is: 1 } : { is: true },
      },
      window: during,
      ...budgetOf(link),
      ...(priority === null
        ? {}
        : { why: `${budgetOf(link).why}. It has the highest priority that lives (${String(priority)})` }),
      link: { name: "the VIP moves", after: "fault" },
    },
    {
      id: "vip.one-holder",
      title: "Exactly one machine holds the VIP again",
      judge: {
        kind: "state-within",
        select: { probe: "vip", subjects: ["holders"] },
        want: { is: 1 },
        mustChange: true,
      },
      window: during,
      ...budgetOf(chain("one holder", link, look(situation))),
    },
    {
      id: "vip.tcp.back",
      title: "TCP connections to the VIP succeed again",
      judge: { kind: "back-within", probes: ["vip.tcp"] },
      window: during,
      ...budgetOf(
        chain(
          "TCP connects",
          injection(situation),
          vipMove(situation),
          given("a connection is tried again by TCP", {
            value: 1000,
            source: "TCP's first retransmission, RFC 6298",
          }),
          nextLook(input),
        ),
      ),
      link: { name: "TCP connects", after: "vip.moved" },
    },
  ];
}

function stays(situation: Situation): Expectation {
  const holder = situation.input.topology.vip?.holder ?? "its holder";
  return {
    id: "vip.stays",
    title: `The VIP stays on ${holder}`,
    judge: { kind: "state-unchanged", select: { probe: "vip", subjects: ["holder"] } },
    window: during,
    ...none(
      `${holder} lives and keeps the highest priority, or nobody may take it over; so nothing has to move`,
    ),
  };
}

function neverTwo(situation: Situation): Expectation {
  const { settings, tickMs } = situation.input;
  const instances = settings.keepalived?.instances ?? [];
  const advertMs = Math.max(...instances.map((each) => each.advertMs));
  const source = settings.keepalived?.source ?? "";
  const advert = {
    name: "one advert",
    ms: advertMs,
    how: "a second master gives way at the next advert that it hears",
    inputs: [inputOf("VRRP advert", { value: advertMs, source })],
  };
  const tick = given("two looks", {
    value: 2 * slowTicks * tickMs,
    source: `the plan's probe tick × ${String(slowTicks)}`,
  });
  return {
    id: "vip.never-two",
    title: "Never two living machines hold the VIP for longer than an advert",
    judge: {
      kind: "state-longest",
      select: { probe: "vip", subjects: ["holders"] },
      unwanted: { atLeast: 2 },
    },
    window: during,
    ...budgetOf(
      chain(
        "two holders",
        advert,
        tick,
        situation.vipHolderLost ? chain("the dead one is seen to be dead", look(situation)) : null,
      ),
    ),
  };
}

function gone(situation: Situation): Expectation {
  return {
    id: "vip.gone",
    title: "Nobody holds the VIP",
    judge: { kind: "state-within", select: { probe: "vip", subjects: ["holders"] }, want: { is: 0 } },
    window: during,
    ...budgetOf(
      chain("the VIP is gone", injection(situation), look(situation), nextSlowLook(situation.input)),
    ),
    link: { name: "the VIP is gone", after: "fault" },
  };
}

function tcpFails(situation: Situation): Expectation {
  return {
    id: "vip.tcp.stopped",
    title: "Nothing answers on the VIP",
    judge: { kind: "stopped", probes: ["vip.tcp"] },
    window: during,
    ...budgetOf(chain("TCP fails", injection(situation), nextLook(situation.input))),
  };
}
