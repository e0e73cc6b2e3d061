// Load, latency, replicas and usage of a drill that sends load in stages: lines over the drill's own time, and tables of
// what each stage came to, and of what users felt by how many pods were Ready.
import { z } from "zod";
import type { TimelineStore } from "../../harness/timeline/store.ts";
import type { Curve, Curves, StageTable } from "../model.ts";
import type { Period } from "./period.ts";

const ladder = "ladder";
/** As the ladder has it on record. */
const scaledFact = z.object({ hpa: z.string(), probe: z.string(), ready: z.string() });
/** Points of a line that steps would exceed are not drawn; the eye sees no more across a page. */
const maxPoints = 600;

/** Null: the drill sent no load in stages. */
export function curvesOf(store: TimelineStore, period: Period): Curves | null {
  if (gauge(store, period, "rate", "answered").points.length === 0) return null;
  const scaled = scaledOf(store, period.drill);
  const rows = [
    { label: "Clients", unit: "", lines: [gauge(store, period, "clients", "clients")] },
    {
      label: "Answers a second",
      unit: "/s",
      lines: [gauge(store, period, "rate", "answered"), gauge(store, period, "failed", "failed")],
    },
    {
      label: "Latency",
      unit: "ms",
      lines: [gauge(store, period, "p50", "median"), gauge(store, period, "p99", "99 %")],
    },
  ];
  if (scaled !== null)
    rows.push(
      {
        label: "Replicas",
        unit: "",
        lines: [
          steps(store, period, "autoscalers", `desired:${scaled.hpa}`, "wanted by the HPA"),
          steps(store, period, scaled.probe, scaled.ready, "Ready"),
          steps(store, period, scaled.probe, "unschedulable", "Pending"),
        ],
      },
      {
        label: "Usage of what the pods ask for, as the HPA saw it",
        unit: "%",
        lines: [
          steps(store, period, "autoscalers", `cpu:${scaled.hpa}`, "CPU"),
          steps(store, period, "autoscalers", `memory:${scaled.hpa}`, "memory"),
        ],
      },
    );
  return { rows: rows.map((row) => ({ ...row, lines: row.lines.filter((each) => each.points.length > 0) })) };
}

/** What is scaled, and which states say how many of its pods are Ready; null: it is not on record. */
function scaledOf(store: TimelineStore, drill: string): { hpa: string; probe: string; ready: string } | null {
  const value = store.all("fact", drill).find(({ name }) => name === "ladder.scaled")?.value;
  const parsed = scaledFact.safeParse(value);
  return parsed.success ? parsed.data : null;
}

/** Null: no stage is on record. */
export function stagesOf(store: TimelineStore, drill: string): StageTable | null {
  return tableOf(store, drill, "stage.");
}

/** Null: nothing is on record. */
export function feltOf(store: TimelineStore, drill: string): StageTable | null {
  return tableOf(store, drill, "felt.");
}

/** A row for each fact "<prefix><stage>…" that is an object, with its "….slow" if there is one. */
function tableOf(store: TimelineStore, drill: string, prefix: string): StageTable | null {
  const facts = store.all("fact", drill).filter(({ name }) => name.startsWith(prefix));
  const rows = facts.flatMap(({ name, value }) => {
    if (value === null || typeof value !== "object" || Array.isArray(value)) return [];
    const [stage = ""] = name.slice(prefix.length).split(".");
    const slow = facts.find((each) => each.name === `${name}.slow`)?.value;
    return [{ stage, figures: value, slow: typeof slow === "string" ? slow : null }];
  });
  return rows.length === 0
    ? null
    : { columns: [...new Set(rows.flatMap((row) => Object.keys(row.figures)))], rows };
}

function gauge(store: TimelineStore, { from, to, zero }: Period, subject: string, label: string): Curve {
  const seen = (store.gauges.get(ladder)?.get(subject) ?? []).filter(({ t }) => t >= from && t <= to);
  return {
    label,
    step: false,
    points: thinned(seen.map(({ t, value }) => ({ at: t - zero, value }))),
    gapMs: 2500,
  };
}

/** Every change, held until the next one. */
function steps(
  store: TimelineStore,
  { from, to, zero }: Period,
  probe: string,
  subject: string,
  label: string,
): Curve {
  const changes = store.states.get(probe)?.get(subject) ?? [];
  const points = changes.flatMap(({ t, value }, index) => {
    const until = Math.min(changes[index + 1]?.t ?? to, to);
    if (typeof value !== "number" || until < from || t > to) return [];
    return [
      { at: Math.max(t, from) - zero, value },
      { at: until - zero, value },
    ];
  });
  return { label, step: true, points: thinned(points), gapMs: Infinity };
}

function thinned(points: Curve["points"]): Curve["points"] {
  const every = Math.ceil(points.length / maxPoints);
  return every <= 1 ? points : points.filter((_, index) => index % every === 0);
}
