// What a container runtime says is running, from `crictl ps -o json`. Pure.

export interface RunningContainer {
  id: string;
  namespace: string;
  pod: string;
  name: string;
  /** Restarts of this container in its pod so far. */
  attempt: number;
  createdAt: string;
}

/** @returns undefined when it is not crictl's JSON */
export function parseContainers(json: string): RunningContainer[] | undefined {
  let parsed: unknown;
  try {
    parsed = JSON.parse(json);
  } catch {
    return undefined;
  }
  if (!isRecord(parsed) || !Array.isArray(parsed.containers)) return undefined;
  return parsed.containers.filter(isRecord).flatMap((each) => container(each) ?? []);
}

function container(raw: Record<string, unknown>): RunningContainer | undefined {
  if (raw.state !== "CONTAINER_RUNNING" || !isRecord(raw.labels)) return undefined;
  const metadata = isRecord(raw.metadata) ? raw.metadata : {};
  const { labels } = raw;
  return {
    id: text(raw.id).slice(0, 12),
    namespace: text(labels["io.kubernetes.pod.namespace"]),
    pod: text(labels["io.kubernetes.pod.name"]),
    name: text(labels["io.kubernetes.container.name"]),
    attempt: typeof metadata.attempt === "number" ? metadata.attempt : 0,
    createdAt: createdAt(raw.createdAt),
  };
}

/** Nanoseconds since 1970 as text → ISO 8601. */
function createdAt(raw: unknown): string {
  const milliseconds = Number(text(raw).slice(0, -6));
  return Number.isFinite(milliseconds) ? new Date(milliseconds).toISOString() : "";
}

function text(raw: unknown): string {
  return typeof raw === "string" ? raw : "";
}

function isRecord(raw: unknown): raw is Record<string, unknown> {
  return typeof raw === "object" && raw !== null && !Array.isArray(raw);
}
