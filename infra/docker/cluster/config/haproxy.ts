// haproxy of a control plane: VIP:8443 to every API server that is healthy.
import { controlPlanesOf, type LabLayout } from "../layout.ts";

/** On every control plane, for people (statistics) and for keepalived's check (the balancer's own word on itself). */
export const balancerHealth = { port: 31_999, path: "/healthz" };

/**
 * One balancer, the same file on every control plane. Sessions to a server that is marked down are closed, so that
 * kubelets need not sit out the 45 s of their own HTTP/2 health check; a watch may be silent for minutes.
 */
export function haproxyCfg(layout: LabLayout): string {
  const servers = controlPlanesOf(layout).map(
    (each) => `    server ${each.name} ${each.address}:6443 check check-ssl verify none`,
  );
  return `global
    log /dev/log local0 warning
    maxconn 4000
    user haproxy
    group haproxy

defaults
    log global
    mode tcp
    option dontlognull
    option redispatch
    retries 2
    timeout connect 2s
    timeout client 30m
    timeout server 30m
    timeout check 2s

frontend apiserver
    bind *:${String(layout.vip.port)}
    default_backend apiservers

backend apiservers
    balance roundrobin
    option httpchk GET /healthz
    http-check expect status 200
    default-server inter 2s fastinter 500ms downinter 1s fall 3 rise 2 on-marked-down shutdown-sessions
${servers.join("\n")}

listen stats
    bind *:${String(balancerHealth.port)}
    mode http
    monitor-uri ${balancerHealth.path}
    monitor fail if { nbsrv(apiservers) lt 1 }
    stats enable
    stats uri /
`;
}
