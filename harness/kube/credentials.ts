// A cluster administrator's certificate out of a kubeconfig file.
import { readFile } from "node:fs/promises";
import { dirname, isAbsolute, join } from "node:path";
import { KubeConfig } from "@kubernetes/client-node";
import { messageOf, usageError } from "../base/errors.ts";
import type { ApiCredentials } from "./access.ts";

/** Data in the file or files that it names, relative to it. @throws KubedrillError (usage) that names what is missing */
export async function readKubeconfig(path: string): Promise<ApiCredentials> {
  const config = new KubeConfig();
  try {
    config.loadFromString(await readFile(path, "utf8"));
  } catch (error) {
    throw usageError(`The kubeconfig ${path} cannot be read: ${messageOf(error)}.`, { cause: error });
  }
  const cluster = config.getCurrentCluster();
  const user = config.getCurrentUser();
  if (cluster === null || user === null)
    throw usageError(`The kubeconfig ${path} has no current context with a cluster and a user.`);
  const pem = async (what: string, data: string | undefined, file: string | undefined): Promise<string> => {
    if (data !== undefined) return Buffer.from(data, "base64").toString();
    if (file === undefined)
      throw usageError(`The kubeconfig ${path} has no ${what}.`, {
        hint: "kubedrill logs in with a client certificate, as in the cluster's admin.conf",
      });
    const absolute = isAbsolute(file) ? file : join(dirname(path), file);
    return readFile(absolute, "utf8").catch((error: unknown) => {
      throw usageError(`The ${what} ${absolute} cannot be read: ${messageOf(error)}.`, { cause: error });
    });
  };
  return {
    ca: await pem("certificate authority", cluster.caData, cluster.caFile),
    cert: await pem("client certificate", user.certData, user.certFile),
    key: await pem("client key", user.keyData, user.keyFile),
  };
}
