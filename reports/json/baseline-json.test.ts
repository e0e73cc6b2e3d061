import { describe, expect, it } from "vitest";
import { TimelineStore } from "../../harness/timeline/store.ts";
import { sampleRun } from "../testing/sample-run.ts";
import { baselineJson } from "./baseline-json.ts";

describe("baselineJson", () => {
  it("is written only when a drill took a baseline", () => {
    expect(baselineJson(sampleRun().store)).toBeNull();
  });

  it("has machines and components by name, beside what was tested", () => {
    const store = new TimelineStore();
    for (const event of sampleRun().store.events) store.append(event);
    const fact = (name: string, value: number | null | Record<string, number>) => {
      store.append({ type: "fact", t: 1, drill: "cluster/idle-baseline", name: `baseline.${name}`, value });
    };
    fact("machine.cp1", { "CPU cores": 0.1 });
    fact("component.etcd-cp1", { "CPU cores": 0.02 });
    fact("pending", null);
    const file: unknown = JSON.parse(baselineJson(store) ?? "");
    expect(file).toMatchObject({
      schema: 1,
      machines: { cp1: { "CPU cores": 0.1 } },
      components: { "etcd-cp1": { "CPU cores": 0.02 } },
      pending: null,
    });
    const lab = store.all("lab")[0];
    expect(file).toHaveProperty("lab.fingerprint", lab?.fingerprint);
    expect(file).toHaveProperty("lab.kubernetesVersion", lab?.topology.kubernetesVersion);
  });
});
