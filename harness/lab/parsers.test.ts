import { expect, test } from "vitest";
import { flag, goDurationMs } from "./flags.ts";
import { parseHaproxy } from "./parse-haproxy.ts";
import { parseKeepalived } from "./parse-keepalived.ts";

const keepalived = `
! Configuration of cp1
global_defs { router_id cp1
  vrrp_version 3 }
vrrp_script check_api {
  script "/etc/keepalived/check.sh -q {x}"   # asks the API
  interval 2
  timeout 3
  fall 2
  weight -60
}
vrrp_instance VI_1 {
    state MASTER
    interface eth0
    virtual_router_id 51
    priority 255
    advert_int 0.5
    nopreempt
    authentication {
        auth_type PASS
        auth_pass x
    }
    virtual_ipaddress { 10.0.0.9/24 dev eth0
      10.0.0.10 }
    track_script { check_api weight -70 }
}
vrrp_instance VI_2 { virtual_router_id 52 virtual_ipaddress { 10.0.0.11 } }
`;

test("keepalived: instance, addresses, tracked script, its own weight", () => {
  const [first, second] = parseKeepalived(keepalived);
  expect(first).toEqual({
    virtualRouterId: 51,
    initialState: "MASTER",
    priority: 255,
    advertMs: 500,
    preempt: false,
    preemptDelayMs: 0,
    version: 3,
    addresses: ["10.0.0.9", "10.0.0.10"],
    check: { intervalMs: 2000, timeoutMs: 3000, fall: 2, rise: 1, weight: -70 },
  });
  expect(second).toMatchObject({ check: null, preempt: true, advertMs: 1000 });
});

test("keepalived: an empty or odd text gives no instance instead of a crash", () => {
  expect(parseKeepalived("")).toEqual([]);
  expect(parseKeepalived("} } { vrrp")).toEqual([]);
});

const haproxy = `
global
  log stdout local0
defaults
  mode http
  timeout connect 5s
  timeout check 1500
  retries 2
frontend stats
  bind *:31999
frontend api
  bind *:8443
  mode tcp
  default_backend apis
backend apis
  mode tcp
  option httpchk GET /healthz
  option redispatch
  default-server inter 10s downinter 5s rise 2 fall 2 slowstart 60s
  server cp1 10.0.0.1:6443 check check-ssl verify none fall 4
  server cp2 10.0.0.2:6443 check
`;

test("haproxy: defaults, backend, default-server and server in their order", () => {
  expect(parseHaproxy(haproxy, 8443)).toEqual({
    interMs: 10_000,
    fastInterMs: null,
    downInterMs: 5000,
    fall: 4,
    rise: 2,
    checkTimeoutMs: 1500,
    connectTimeoutMs: 5000,
    retries: 2,
    redispatch: true,
  });
});

test("haproxy: a listen section, and the manual's defaults", () => {
  const text = "listen api\n bind 10.0.0.9:8443\n server cp1 10.0.0.1:6443 check\n";
  expect(parseHaproxy(text, 8443)).toMatchObject({
    interMs: 2000,
    fall: 3,
    rise: 2,
    checkTimeoutMs: 2000,
    retries: 3,
  });
  expect(parseHaproxy(text, 443)).toBeUndefined();
});

test("haproxy: several addresses in one bind, as guides for kubeadm have it", () => {
  const text = `defaults
  timeout connect 10s
  timeout check 10s
frontend apiserver
  bind 10.0.0.9:8443,127.0.0.1:8443,:::8443 v4v6
  option tcplog # every connection
  default_backend apiserver-backend
backend apiserver-backend
  option httpchk
  http-check connect ssl
  balance roundrobin
  server node1 10.0.0.1:6443 check inter 3s fastinter 1s verify none
`;
  expect(parseHaproxy(text, 8443)).toMatchObject({
    interMs: 3000,
    fastInterMs: 1000,
    connectTimeoutMs: 10_000,
  });
});

test("keepalived: the ordinary file of a kubeadm guide", () => {
  const [only] = parseKeepalived(`! /etc/keepalived/keepalived.conf
! Configuration File for keepalived
global_defs {
    router_id LVS_DEVEL
}
vrrp_script check_apiserver {
  script "/etc/keepalived/check_apiserver.sh"
  interval 3
  weight -2
  fall 10
  rise 2
}

vrrp_instance VI_1 {
    state BACKUP
    interface ens160
    virtual_router_id 51
    priority 101
    preempt_delay 30
    authentication {
        auth_type PASS
        auth_pass 42
    }
    virtual_ipaddress {
        192.168.122.100
    }
    track_script {
        check_apiserver
    }
}`);
  expect(only).toMatchObject({
    initialState: "BACKUP",
    priority: 101,
    advertMs: 1000,
    preemptDelayMs: 30_000,
    version: 2,
    addresses: ["192.168.122.100"],
    check: { intervalMs: 3000, timeoutMs: 3000, fall: 10, rise: 2, weight: -2 },
  });
});

test("flags: both spellings, the last wins, a bare flag is true", () => {
  const command = ["kube-x", "--a=1", "--b", "2", "--a=3", "--c"];
  expect([flag(command, "a"), flag(command, "b"), flag(command, "c"), flag(command, "d")]).toEqual([
    "3",
    "2",
    "true",
    undefined,
  ]);
});

test.each([
  ["50s", 50_000],
  ["1m30s", 90_000],
  ["0.5s", 500],
  ["100ms", 100],
  ["5", undefined],
  ["", undefined],
])("Go duration %s", (text, expected) => {
  expect(goDurationMs(text)).toBe(expected);
});
