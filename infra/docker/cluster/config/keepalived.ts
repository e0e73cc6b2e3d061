// keepalived of a control plane: who holds the virtual address.
import { controlPlanesOf, type LabLayout, type MachinePlan } from "../layout.ts";
import { balancerHealth } from "./haproxy.ts";

export const checkScriptPath = "/etc/keepalived/check-apiserver.sh";

/**
 * VRRP over unicast (a bridge or a cloud may not carry multicast). A failing check takes 20 from the priority: more
 * than all priorities lie apart, so a peer whose API lives takes over; with no such peer the address stays, since
 * an address without an API is better seen than none.
 */
export function keepalivedConf(layout: LabLayout, machine: MachinePlan): string {
  const peers = controlPlanesOf(layout).filter((each) => each.name !== machine.name);
  const isFirst = controlPlanesOf(layout)[0]?.name === machine.name;
  return `global_defs {
    router_id ${machine.name}
    script_user root
    enable_script_security
}

vrrp_script check_apiserver {
    script "${checkScriptPath}"
    interval 3
    timeout 5
    fall 2
    rise 2
    weight -20
}

vrrp_instance kubernetes {
    state ${isFirst ? "MASTER" : "BACKUP"}
    interface eth0
    virtual_router_id 51
    priority ${String(machine.vrrpPriority)}
    advert_int 1
    unicast_src_ip ${machine.address}
    unicast_peer {
${peers.map((each) => `        ${each.address}`).join("\n")}
    }
    virtual_ipaddress {
        ${layout.vip.address}/32
    }
    track_script {
        check_apiserver
    }
}
`;
}

/**
 * Both must answer: the API server of this machine, and the balancer in front of all of them. The balancer is asked for
 * itself and not through its front: there every third question goes to a machine that has just died until the balancer
 * has noticed, two such answers in a row take the address from a machine that is well, and it moves a second time.
 */
export function checkScript(): string {
  return `#!/bin/sh
curl -sfk --max-time 2 -o /dev/null https://127.0.0.1:6443/healthz || exit 1
curl -sf --max-time 2 -o /dev/null http://127.0.0.1:${String(balancerHealth.port)}${balancerHealth.path} || exit 1
`;
}
