import { expect, test } from "vitest";
import { parseAllDocuments } from "yaml";
import { z } from "zod";
import { planLayout, type LabLayout, type MachinePlan } from "../layout.ts";
import { certificatesConfig, etcdEnvironment } from "./etcd-service.ts";
import { haproxyCfg } from "./haproxy.ts";
import { checkScript, keepalivedConf } from "./keepalived.ts";
import { discoveryConfig, initConfig, joinConfig, kubeletPatch } from "./kubeadm.ts";
import { cniConf, routesUnit } from "./network.ts";

const layout = planLayout({
  name: "test",
  kubernetes: "v1.35.0",
  controlPlanes: 5,
  workers: 2,
  workerMemoryGiB: 6,
  etcdLayout: "stacked",
  etcdRuntime: "pod",
  subnet: "10.201.0.0/16",
});
const [cp1, cp2] = [planned("cp1"), planned("cp2")];
const worker = planned("w2");
const secrets = { token: "aaaaaa.bbbbbbbbbbbbbbbb", certificateKey: "c".repeat(64) };

test("a failing check always loses against every healthy peer", () => {
  const weight = Number(/weight (-\d+)/.exec(keepalivedConf(layout, cp1))?.[1]);
  const priorities = layout.machines.flatMap((each) => each.vrrpPriority ?? []);
  expect(Math.max(...priorities) + weight).toBeLessThan(Math.min(...priorities));
  expect(Math.min(...priorities) + weight).toBeGreaterThan(0);
});

test("keepalived speaks to all others and not to itself", () => {
  const peers = /unicast_peer \{([^}]*)\}/.exec(keepalivedConf(layout, cp2))?.[1]?.trim().split(/\s+/);
  expect(peers).toEqual(["10.201.0.11", "10.201.0.13", "10.201.0.14", "10.201.0.15"]);
  expect(keepalivedConf(layout, cp1)).toContain("state MASTER");
  expect(keepalivedConf(layout, cp2)).toContain("state BACKUP");
});

test("the check asks the own API server and the balancer itself, each with a limit, and nobody else", () => {
  const calls = checkScript()
    .split("\n")
    .filter((line) => line.startsWith("curl"));
  expect(calls.map((line) => /https?:\/\/[\d.]+:\d+\/\w+/.exec(line)?.[0])).toEqual([
    "https://127.0.0.1:6443/healthz",
    "http://127.0.0.1:31999/healthz",
  ]);
  for (const line of calls) expect(line).toContain("--max-time 2");
  const stats = haproxyCfg(layout).split("listen stats")[1];
  expect(stats).toContain("bind *:31999");
  expect(stats).toContain("monitor-uri /healthz");
});

test("haproxy has every API server, health checked over TLS", () => {
  const servers = haproxyCfg(layout).match(/server \S+ \S+:6443 check check-ssl/g);
  expect(servers).toHaveLength(5);
});

test("a machine has a route to the pods of every other machine and none to its own", () => {
  const unit = routesUnit(layout, worker);
  expect(unit.match(/route replace/g)).toHaveLength(6);
  expect(unit).not.toContain(worker.podCidr);
  expect(unit).toContain("route del default");
  expect(unit).toContain(`${cp1.podCidr} via ${cp1.address} dev eth0`);
  expect(cniConf(worker)).toContain(`"subnet": "${worker.podCidr}"`);
});

test("kubeadm's controllers keep their defaults", () => {
  const text = initConfig(layout, secrets);
  expect(text).not.toMatch(/node-monitor|pod-eviction|lease-duration|nodeStatusUpdate|default-not-ready/i);
  const kinds = parseAllDocuments(text).map((each) => z.object({ kind: z.string() }).parse(each.toJS()).kind);
  expect(kinds).toEqual([
    "InitConfiguration",
    "ClusterConfiguration",
    "KubeletConfiguration",
    "KubeProxyConfiguration",
  ]);
});

test("etcd as a service: kubeadm is told where it is, every member knows every member, and keys are not in it", () => {
  const service: LabLayout = { ...layout, etcd: { layout: "stacked", runtime: "systemd" } };
  expect(initConfig(layout, secrets)).not.toContain("external:");
  expect(initConfig(service, secrets)).toContain("https://10.201.0.15:2379");
  const environment = etcdEnvironment(service, cp2);
  expect(environment).toContain("ETCD_NAME=cp2\n");
  expect(environment).toContain("ETCD_LISTEN_PEER_URLS=https://10.201.0.12:2380\n");
  expect(/ETCD_INITIAL_CLUSTER=(.*)/.exec(environment)?.[1]?.split(",")).toHaveLength(5);
  expect(environment).toContain("ETCD_CLIENT_CERT_AUTH=true\nETCD_TRUSTED_CA_FILE=");
  expect(certificatesConfig(service, cp2)).toContain("advertiseAddress: 10.201.0.12");
});

test("only control planes join as control planes", () => {
  expect(joinConfig(cp2, secrets)).toContain("certificateKey");
  expect(joinConfig(worker, secrets)).not.toContain("certificateKey");
  expect(discoveryConfig(layout, secrets, "PEM")).toContain("https://10.201.0.10:8443");
});

test("a worker presents its configured memory, whatever the host has; a small host is left alone", () => {
  expect(kubeletPatch(layout, worker, 24 * 2 ** 30)).toContain(String(18 * 2 ** 30));
  expect(kubeletPatch(layout, worker, 4 * 2 ** 30)).toBeUndefined();
  expect(kubeletPatch(layout, cp1, 24 * 2 ** 30)).toBeUndefined();
});

function planned(name: string): MachinePlan {
  const machine = layout.machines.find((each) => each.name === name);
  if (machine === undefined) throw new Error(`no machine ${name}`);
  return machine;
}
