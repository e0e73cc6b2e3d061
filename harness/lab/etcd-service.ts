// etcd as a service of its machine: where its settings are.

/** The environment of its unit, as kubespray has it. */
export const environmentFile = "/etc/etcd.env";
