// Of all that a cluster stores, what somebody has declared: not what controllers made of it, and of each object not what
// the cluster has added. Pure. What is left out is what the cluster makes again by itself.
import type { KubeObject } from "../../kube/list-pages.ts";
import { resourceName, type Resource } from "./resources.ts";

export interface Declared {
  apiVersion: string;
  kind: string;
  metadata: {
    name: string;
    namespace?: string;
    labels?: Record<string, string>;
    annotations?: Record<string, string>;
  };
  [field: string]: unknown;
}

/** Kinds that tell of a moment, or that only the cluster itself makes. */
const fleeting: ReadonlySet<string> = new Set([
  "events",
  "events.events.k8s.io",
  "endpointslices.discovery.k8s.io",
  "controllerrevisions.apps",
  "certificatesigningrequests.certificates.k8s.io",
  "csinodes.storage.k8s.io",
  "csistoragecapacities.storage.k8s.io",
  "volumeattachments.storage.k8s.io",
  "ipaddresses.networking.k8s.io",
  "leasecandidates.coordination.k8s.io",
  "volumesnapshotcontents.snapshot.storage.k8s.io",
]);

/** Made in every cluster by itself: "resource namespace/name", `*` for any. */
const builtIn: readonly RegExp[] = [
  /^endpoints default\/kubernetes$/,
  /^services default\/kubernetes$/,
  /^servicecidrs\.networking\.k8s\.io \/kubernetes$/,
  /^configmaps .*\/kube-root-ca\.crt$/,
  /^configmaps kube-system\/(extension-apiserver-authentication|kube-apiserver-legacy-service-account-token-tracking)$/,
  /^configmaps kube-public\/cluster-info$/,
  /^serviceaccounts .*\/default$/,
  /^leases\.coordination\.k8s\.io (kube-system|kube-node-lease)\//,
  /^priorityclasses\.scheduling\.k8s\.io \/system-(cluster|node)-critical$/,
];

/** Why an object is not part of a dump; null: it is. */
export function whyNotDeclared(resource: Resource, object: KubeObject): string | null {
  const { metadata } = object;
  const called = resourceName(resource);
  if (fleeting.has(called)) return "it tells of a moment";
  const owners = (metadata.ownerReferences ?? []) as { controller?: boolean; kind?: string }[];
  if (owners.some((each) => each.controller === true)) return "a controller makes it";
  if (metadata.deletionTimestamp !== undefined) return "it is being deleted";
  const own = `${called} ${metadata.namespace ?? ""}/${metadata.name}`;
  if (builtIn.some((each) => each.test(own))) return "every cluster has it";
  return whyKeptBySystem(called, object);
}

function whyKeptBySystem(called: string, object: KubeObject): string | null {
  const { annotations = {}, labels = {} } = object.metadata as Declared["metadata"];
  if (labels["kubernetes.io/bootstrapping"] === "rbac-defaults") return "every API server makes it";
  if (annotations["apf.kubernetes.io/autoupdate-spec"] === "true") return "every API server makes it";
  if ("kube-aggregator.kubernetes.io/automanaged" in labels) return "every API server makes it";
  if (called === "endpoints" && isMadeByEndpointController(object)) return "a controller makes it";
  const type = object.type;
  if (called === "secrets" && type === "kubernetes.io/service-account-token")
    return "it belongs to its account";
  if (called === "secrets" && type === "bootstrap.kubernetes.io/token")
    return "it is for a machine to join once";
  return null;
}

/**
 * Since 1.33 they have a label that says so (LabelManagedBy in endpoints_controller.go of Kubernetes). Before that they
 * may have a time of what made them change, but only where the Service or a pod had one: what is always told is who
 * wrote them.
 */
function isMadeByEndpointController({ metadata }: KubeObject): boolean {
  const { annotations = {}, labels = {} } = metadata as Declared["metadata"];
  const writers = (metadata.managedFields ?? []) as { manager?: string }[];
  return (
    labels["endpoints.kubernetes.io/managed-by"] === "endpoint-controller" ||
    "endpoints.kubernetes.io/last-change-trigger-time" in annotations ||
    (writers.length > 0 && writers.every((each) => each.manager === "kube-controller-manager"))
  );
}

/** Made by the cluster, or true only in it. */
const volatileAnnotations: readonly RegExp[] = [
  /^kubectl\.kubernetes\.io\/last-applied-configuration$/,
  /^deployment\.kubernetes\.io\/revision$/,
  /^deprecated\.daemonset\.template\.generation$/,
  /^pv\.kubernetes\.io\/(bind-completed|bound-by-controller|provisioned-by)$/,
  /^volume\.(beta\.)?kubernetes\.io\/(selected-node|storage-provisioner)$/,
  /^control-plane\.alpha\.kubernetes\.io\/leader$/,
  /^kubernetes\.io\/(config\.|psp)/,
  /^batch\.kubernetes\.io\/(job-tracking|cronjob-scheduled-timestamp)$/,
];

/** As somebody would write it: without what the cluster added. */
export function declaredForm({ group, version, kind }: Resource, object: KubeObject): Declared {
  const { metadata, status, apiVersion: _version, kind: _kind, ...rest } = object;
  const { name, namespace, labels, annotations } = metadata as unknown as Declared["metadata"];
  const kept = Object.fromEntries(
    Object.entries(annotations ?? {}).filter(([key]) => !volatileAnnotations.some((each) => each.test(key))),
  );
  const declared: Declared = {
    apiVersion: group === "" ? version : `${group}/${version}`,
    kind,
    metadata: {
      name,
      ...(namespace === undefined ? {} : { namespace }),
      ...(labels === undefined || Object.keys(labels).length === 0 ? {} : { labels }),
      ...(Object.keys(kept).length === 0 ? {} : { annotations: kept }),
    },
    ...structuredClone(rest),
  };
  const tidy = tidied[kind];
  return tidy === undefined ? declared : tidy(declared);
}

type Fields = Record<string, unknown>;

function specOf(declared: Declared): Fields {
  return (declared.spec ?? {}) as Fields;
}

/** What else has to go, by kind. */
const tidied: Record<string, (declared: Declared) => Declared> = {
  Namespace: (declared) => without(declared, ["spec"]),
  // Addresses are the new cluster's to give; "None" is a wish.
  Service(declared) {
    const spec = specOf(declared);
    const headless = spec.clusterIP === "None";
    return withSpec(
      declared,
      headless ? ["healthCheckNodePort"] : ["clusterIP", "clusterIPs", "healthCheckNodePort"],
    );
  },
  ServiceAccount: (declared) => without(declared, ["secrets"]),
  // A claim is told apart by its UID, which it will not have again; by its name it is bound to the same volume.
  PersistentVolume(declared) {
    const spec = specOf(declared);
    const claim = spec.claimRef as Fields | undefined;
    if (claim === undefined) return declared;
    const { namespace, name, kind, apiVersion } = claim;
    return { ...declared, spec: { ...spec, claimRef: { apiVersion, kind, namespace, name } } };
  },
  Job(declared) {
    const spec = specOf(declared);
    if (spec.manualSelector === true) return declared;
    const template = (spec.template ?? {}) as { metadata?: { labels?: Record<string, string> } };
    const labels = Object.fromEntries(
      Object.entries(template.metadata?.labels ?? {}).filter(
        ([key]) => !/(^|\/)(controller-uid|job-name)$/.test(key),
      ),
    );
    const { selector: _selector, ...rest } = spec;
    return {
      ...declared,
      spec: { ...rest, template: { ...template, metadata: { ...template.metadata, labels } } },
    };
  },
  Pod: barePod,
  Node(declared) {
    const { taints } = specOf(declared);
    return { ...declared, spec: taints === undefined ? {} : { taints } };
  },
};

/** Where it ran and how it called the API was decided for it. */
function barePod(declared: Declared): Declared {
  const { nodeName: _node, ...spec } = specOf(declared);
  const isToken = (each: unknown) => String((each as Fields).name).startsWith("kube-api-access-");
  const containers = ((spec.containers ?? []) as Fields[]).map((each) => ({
    ...each,
    volumeMounts: ((each.volumeMounts ?? []) as Fields[]).filter((mount) => !isToken(mount)),
  }));
  return {
    ...declared,
    spec: {
      ...spec,
      containers,
      volumes: ((spec.volumes ?? []) as Fields[]).filter((each) => !isToken(each)),
    },
  };
}

function without(declared: Declared, fields: readonly string[]): Declared {
  return Object.fromEntries(Object.entries(declared).filter(([key]) => !fields.includes(key))) as Declared;
}

function withSpec(declared: Declared, gone: readonly string[]): Declared {
  const spec = Object.fromEntries(Object.entries(specOf(declared)).filter(([key]) => !gone.includes(key)));
  return { ...declared, spec };
}

/** The same without labels and annotations that begin with this. */
export function withoutMarks(object: Declared, prefix: string): Declared {
  const { labels, annotations, ...rest } = object.metadata;
  return {
    ...object,
    metadata: { ...rest, ...others("labels", labels, prefix), ...others("annotations", annotations, prefix) },
  };
}

/** A field without anything in it is not there. */
function others(field: "labels" | "annotations", marks: Record<string, string> = {}, prefix: string) {
  const left = Object.entries(marks).filter(([key]) => !key.startsWith(prefix));
  return left.length === 0 ? {} : { [field]: Object.fromEntries(left) };
}
