// A distributed load as Kubernetes objects: a namespace of its own with an Indexed Job, one pod a worker, and the secret
// by which workers know whose orders they take. Plain data.
import type { Manifest } from "../workloads/manifests.ts";
import { tokenVariable, workerPort } from "./protocol.ts";

export interface JobOptions {
  namespace: string;
  workers: number;
  image: string;
  /** Labels that a node must have. */
  nodeSelector: Record<string, string>;
  /** Names of nodes on which no worker may run, such as the target's. */
  notOn: readonly string[];
  /** After so many seconds the cluster ends them, whatever became of the harness. */
  deadlineSeconds: number;
}

const jobName = "load";
export const workerSelector = `batch.kubernetes.io/job-name=${jobName}`;
const secretName = "load-token";
const managed = { "app.kubernetes.io/managed-by": "kubedrill" };

/** In the order in which they are applied. */
export function jobManifests(options: JobOptions, token: string): Manifest[] {
  const { namespace } = options;
  return [
    {
      collection: "/api/v1/namespaces",
      body: { apiVersion: "v1", kind: "Namespace", metadata: { name: namespace, labels: managed } },
    },
    {
      collection: `/api/v1/namespaces/${namespace}/secrets`,
      body: {
        apiVersion: "v1",
        kind: "Secret",
        metadata: { name: secretName, namespace, labels: managed },
        stringData: { token },
      },
    },
    {
      collection: `/apis/batch/v1/namespaces/${namespace}/jobs`,
      body: {
        apiVersion: "batch/v1",
        kind: "Job",
        metadata: { name: jobName, namespace, labels: managed },
        spec: jobSpec(options),
      },
    },
  ];
}

function jobSpec({ workers, image, nodeSelector, notOn, deadlineSeconds }: JobOptions): object {
  const elsewhere = { key: "metadata.name", operator: "NotIn", values: notOn };
  return {
    completions: workers,
    parallelism: workers,
    completionMode: "Indexed",
    // A worker that is lost makes the figures incomplete; a second one would make them wrong.
    backoffLimit: 0,
    activeDeadlineSeconds: deadlineSeconds,
    ttlSecondsAfterFinished: 600,
    template: {
      metadata: { labels: managed },
      spec: {
        restartPolicy: "Never",
        automountServiceAccountToken: false,
        enableServiceLinks: false,
        terminationGracePeriodSeconds: 2,
        nodeSelector,
        ...(notOn.length === 0
          ? {}
          : {
              affinity: {
                nodeAffinity: {
                  requiredDuringSchedulingIgnoredDuringExecution: {
                    nodeSelectorTerms: [
                      { matchFields: notOn.map((node) => ({ ...elsewhere, values: [node] })) },
                    ],
                  },
                },
              },
            }),
        topologySpreadConstraints: [
          {
            maxSkew: 1,
            topologyKey: "kubernetes.io/hostname",
            whenUnsatisfiable: "ScheduleAnyway",
            labelSelector: { matchLabels: { "batch.kubernetes.io/job-name": jobName } },
          },
        ],
        securityContext: {
          runAsNonRoot: true,
          runAsUser: 65_532,
          seccompProfile: { type: "RuntimeDefault" },
        },
        containers: [
          {
            name: "worker",
            image,
            imagePullPolicy: "IfNotPresent",
            env: [{ name: tokenVariable, valueFrom: { secretKeyRef: { name: secretName, key: "token" } } }],
            ports: [{ containerPort: workerPort }],
            readinessProbe: { httpGet: { path: "/status", port: workerPort }, periodSeconds: 1 },
            resources: { requests: { cpu: "100m", memory: "128Mi" } },
            securityContext: {
              allowPrivilegeEscalation: false,
              readOnlyRootFilesystem: true,
              capabilities: { drop: ["ALL"] },
            },
          },
        ],
      },
    },
  };
}
