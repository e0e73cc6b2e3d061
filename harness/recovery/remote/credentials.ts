// How an S3-compatible store is reached: address, bucket, and a key pair from the environment or a file for its owner
// only. Nothing else is looked for: no metadata service is asked.
import { usageError } from "../../base/errors.ts";
import { readPrivateFile } from "./private-file.ts";

export interface S3Target {
  bucket: string;
  /** In front of every key; "" or ends with a slash. */
  prefix: string;
  /** "https://host:port"; undefined: Amazon's own of the region. */
  endpoint: string | undefined;
  region: string;
  credentials: { accessKeyId: string; secretAccessKey: string };
}

export interface S3Choice {
  /** "s3://bucket/prefix" */
  remote: string;
  endpoint?: string | undefined;
  region: string;
  /** A file as Amazon's tools have it, of mode 0600; undefined: the environment. */
  credentials?: string | undefined;
}

/** @throws KubedrillError (usage) that names what is wrong */
export async function s3Target(
  choice: S3Choice,
  environment: Record<string, string | undefined>,
): Promise<S3Target> {
  const { bucket, prefix } = placeOf(choice.remote);
  const { endpoint, region } = choice;
  if (endpoint !== undefined && !/^https?:\/\/[^/\s]+\/?$/.test(endpoint))
    throw usageError(`--endpoint ${endpoint} is no address of a store.`, {
      hint: "for example https://s3.example.org:7070",
    });
  const credentials =
    choice.credentials === undefined ? fromEnvironment(environment) : await fromFile(choice.credentials);
  return { bucket, prefix, endpoint, region, credentials };
}

function placeOf(remote: string): { bucket: string; prefix: string } {
  const [, bucket, path] = /^s3:\/\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:\/(.*))?$/.exec(remote) ?? [];
  if (bucket === undefined)
    throw usageError(`${remote} names no bucket.`, { hint: "for example s3://backups/lab" });
  const prefix = (path ?? "").replace(/\/+$/, "");
  return { bucket, prefix: prefix === "" ? "" : `${prefix}/` };
}

function fromEnvironment(environment: Record<string, string | undefined>): S3Target["credentials"] {
  const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey } = environment;
  if (!accessKeyId || !secretAccessKey)
    throw usageError("No key pair for the store is given.", {
      hint: "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or give --credentials FILE",
    });
  return { accessKeyId, secretAccessKey };
}

async function fromFile(path: string): Promise<S3Target["credentials"]> {
  const text = await readPrivateFile(path, "key pair");
  const value = (name: string) => new RegExp(`^\\s*${name}\\s*=\\s*(\\S+)\\s*$`, "m").exec(text)?.[1];
  const accessKeyId = value("aws_access_key_id");
  const secretAccessKey = value("aws_secret_access_key");
  if (accessKeyId === undefined || secretAccessKey === undefined)
    throw usageError(`${path} has no aws_access_key_id and aws_secret_access_key.`);
  return { accessKeyId, secretAccessKey };
}
