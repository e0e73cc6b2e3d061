// The pod network: ptp on each machine, and routes from every machine to the pods of all others.
import type { LabLayout, MachinePlan } from "../layout.ts";

/** CNI configuration. Addresses are kept in /run: after a power cut no pod is left, so no address is taken. */
export function cniConf(machine: MachinePlan): string {
  const conf = {
    cniVersion: "1.0.0",
    name: "kubedrill",
    plugins: [
      {
        type: "ptp",
        ipam: {
          type: "host-local",
          dataDir: "/run/cni/networks",
          ranges: [[{ subnet: machine.podCidr }]],
          routes: [{ dst: "0.0.0.0/0" }],
        },
      },
    ],
  };
  return `${JSON.stringify(conf, null, 2)}\n`;
}

/**
 * A boot unit, since routes do not outlive a machine. It also removes the default route that some engines give even on
 * an internal network: what is not of the lab is unreachable, instead of being dropped on the host.
 */
export function routesUnit(layout: LabLayout, machine: MachinePlan): string {
  const routes = layout.machines
    .filter((each) => each.name !== machine.name)
    .map((each) => `ExecStart=/usr/sbin/ip route replace ${each.podCidr} via ${each.address} dev eth0`);
  return `[Unit]
Description=Routes to the pods of the other machines, and to nowhere else
DefaultDependencies=no
Before=containerd.service kubelet.service

[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=-/usr/sbin/ip route del default
${routes.join("\n")}

[Install]
WantedBy=multi-user.target
`;
}
