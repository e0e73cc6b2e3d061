// The demo workload as Kubernetes objects: a web application spread over every machine, so that each loss hits a
// known share of it. Plain data; nothing here talks to a cluster.

export interface DemoOptions {
  namespace: string;
  image: string;
  replicas: number;
  /** Seconds that pods stay bound to a node that is not ready or unreachable; null: the cluster's default (300). */
  tolerationSeconds: number | null;
  /** False: no readiness gate and SIGTERM ends the process at once, as many applications do. */
  graceful: boolean;
  ingressClass: string | null;
}

export const demoName = "web";
/** Host name of the demo's Ingress; only ever sent as a header. */
export const demoHost = "demo.kubedrill.internal";

/** Host name of the Ingress of a web application beside the demo. */
export function hostOf(app: string): string {
  return `${app}.kubedrill.internal`;
}

/** An object with the API path of its collection, for server-side apply. */
export interface Manifest {
  collection: string;
  body: { apiVersion: string; kind: string; metadata: { name: string } & Record<string, unknown> } & Record<
    string,
    unknown
  >;
}

export const managed = { "app.kubernetes.io/managed-by": "kubedrill" };
/** What the workload's probe watches; pods that only prove something later are not part of it. */
const part = { "app.kubernetes.io/part-of": "kubedrill-demo" };
const labels = { ...managed, ...part, app: demoName };
/** Where everything that drills make is. */
export const demoNamespace = "kubedrill-demo";

export const demoSelector = "app.kubernetes.io/part-of=kubedrill-demo";

/** In the order in which they are applied; the namespace itself is made by the caller. */
export function demoManifests(options: DemoOptions): Manifest[] {
  const core = `/api/v1/namespaces/${options.namespace}`;
  const apps = `/apis/apps/v1/namespaces/${options.namespace}`;
  const manifests: Manifest[] = [
    { collection: `${apps}/deployments`, body: deployment(options) },
    { collection: `${core}/services`, body: service() },
  ];
  if (options.ingressClass !== null)
    manifests.push(
      ingressManifest({
        namespace: options.namespace,
        name: demoName,
        labels,
        host: demoHost,
        className: options.ingressClass,
      }),
    );
  return manifests;
}

function deployment(options: DemoOptions): Manifest["body"] {
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name: demoName, labels },
    spec: {
      replicas: options.replicas,
      revisionHistoryLimit: 1,
      strategy: { type: "RollingUpdate", rollingUpdate: { maxSurge: "50%", maxUnavailable: "25%" } },
      selector: { matchLabels: { app: demoName } },
      template: { metadata: { labels }, spec: podSpec(options) },
    },
  };
}

/** A pod of its own, without a controller: once lost it stays lost. @param wish more of its spec, e.g. an affinity */
export function barePodManifest(
  options: DemoOptions,
  name: string,
  wish: Record<string, unknown> = {},
): Manifest {
  return {
    collection: `/api/v1/namespaces/${options.namespace}/pods`,
    body: {
      apiVersion: "v1",
      kind: "Pod",
      metadata: { name, labels: { ...managed, ...part, app: name } },
      spec: { ...podSpec({ ...options, graceful: false }), ...wish },
    },
  };
}

/** A Deployment of one pod, made after a recovery to see that controllers, scheduler and kubelets work again. */
export function canaryDeployment(options: DemoOptions, name: string): Manifest {
  const own = { ...managed, app: name };
  const { topologySpreadConstraints, ...spec } = podSpec({ ...options, graceful: false });
  return {
    collection: `/apis/apps/v1/namespaces/${options.namespace}/deployments`,
    body: {
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata: { name, labels: own },
      spec: { replicas: 1, selector: { matchLabels: own }, template: { metadata: { labels: own }, spec } },
    },
  };
}

/** One small web server. */
export function podSpec(options: DemoOptions): Record<string, unknown> {
  return {
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    terminationGracePeriodSeconds: 15,
    tolerations: tolerations(options.tolerationSeconds),
    topologySpreadConstraints: [
      {
        maxSkew: 1,
        topologyKey: "kubernetes.io/hostname",
        whenUnsatisfiable: "ScheduleAnyway",
        labelSelector: { matchLabels: { app: demoName } },
      },
    ],
    containers: [
      {
        name: "web",
        image: options.image,
        imagePullPolicy: "IfNotPresent",
        args: ["netexec", "--http-port=8080"],
        ports: [{ name: "http", containerPort: 8080 }],
        resources: { requests: { cpu: "10m", memory: "16Mi" }, limits: { memory: "128Mi" } },
        ...(options.graceful ? gracefulParts() : {}),
      },
    ],
  };
}

/**
 * Endpoint removal races with SIGTERM, so a pod that wants to lose no request waits before it stops; see
 * "Termination of Pods" in the Kubernetes documentation.
 */
export function gracefulParts() {
  return {
    readinessProbe: { httpGet: { path: "/healthz", port: "http" }, periodSeconds: 2, timeoutSeconds: 2 },
    lifecycle: { preStop: { sleep: { seconds: 5 } } },
  };
}

function tolerations(seconds: number | null): Record<string, unknown>[] {
  const everywhere = [
    { key: "node-role.kubernetes.io/control-plane", operator: "Exists", effect: "NoSchedule" },
  ];
  if (seconds === null) return everywhere;
  const bounded = (key: string) => ({
    key,
    operator: "Exists",
    effect: "NoExecute",
    tolerationSeconds: seconds,
  });
  return [...everywhere, bounded("node.kubernetes.io/not-ready"), bounded("node.kubernetes.io/unreachable")];
}

function service(): Manifest["body"] {
  return {
    apiVersion: "v1",
    kind: "Service",
    metadata: { name: demoName, labels },
    spec: {
      type: "NodePort",
      selector: { app: demoName },
      ports: [{ name: "http", port: 80, targetPort: "http" }],
    },
  };
}

/** An Ingress that leads everything for a host to the Service of its own name. */
export function ingressManifest(front: {
  namespace: string;
  name: string;
  labels: Record<string, string>;
  host: string;
  className: string;
}): Manifest {
  const { namespace, name, labels: own, host, className } = front;
  const backend = { service: { name, port: { name: "http" } } };
  return {
    collection: `/apis/networking.k8s.io/v1/namespaces/${namespace}/ingresses`,
    body: {
      apiVersion: "networking.k8s.io/v1",
      kind: "Ingress",
      metadata: { name, labels: own },
      spec: {
        ingressClassName: className,
        rules: [{ host, http: { paths: [{ path: "/", pathType: "Prefix", backend }] } }],
      },
    },
  };
}
