// baseline.json: what the cluster used when nothing was asked of it, one file a run, for comparing runs with each other.
import type { FactEvent } from "../../harness/timeline/events.ts";
import type { TimelineStore } from "../../harness/timeline/store.ts";

const prefix = "baseline.";

/**
 * @returns the text of baseline.json: run, lab (name, fingerprint, Kubernetes version) and the figures as the drill
 * recorded them, "machine.…" under `machines`, "component.…" under `components`, cores and MiB of every pod; null: no
 * drill took a baseline
 */
export function baselineJson(store: TimelineStore): string | null {
  const facts = store.all("fact").filter(({ name }) => name.startsWith(prefix));
  if (facts.length === 0) return null;
  const [run] = store.all("run");
  const [lab] = store.all("lab");
  const values = new Map(facts.map(({ name, value }) => [name.slice(prefix.length), value]));
  const file = {
    schema: 1,
    run: { id: run?.id, plan: run?.plan, startedAt: run?.startedAt, kubedrillVersion: run?.kubedrillVersion },
    lab: {
      name: lab?.name,
      fingerprint: lab?.fingerprint,
      kubernetesVersion: lab?.topology.kubernetesVersion,
    },
    machines: under(values, "machine."),
    components: under(values, "component."),
    ...Object.fromEntries([...values].filter(([name]) => !/^(machine|component)\./.test(name))),
  };
  return `${JSON.stringify(file, undefined, 2)}\n`;
}

function under(
  values: ReadonlyMap<string, FactEvent["value"]>,
  group: string,
): Record<string, FactEvent["value"]> {
  const inGroup = [...values].filter(([name]) => name.startsWith(group));
  return Object.fromEntries(inGroup.map(([name, value]) => [name.slice(group.length), value]));
}
