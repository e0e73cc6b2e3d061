// etcd as a service of its machine: where its settings are, and what they say.

/** The environment of its unit, as kubespray has it. */
export const environmentFile = "/etc/etcd.env";

/** Variables of etcd by name, such as ETCD_DATA_DIR. Pure. */
export function variablesOf(environment: string): Map<string, string> {
  const lines = environment.matchAll(/^[ \t]*(ETCD_\w+)=(.*)$/gm);
  return new Map([...lines].map(([, name = "", value = ""]) => [name, value.trim()]));
}
