import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Refusal } from "../errors";
import type { Binaries } from "./binaries";
import { asOwner, giveTo, type Owner, privateFolder } from "./owner";
import type { Places } from "./places";

export const SUPERUSER = "postgres";

/** Everything needed to work on one cluster's files. */
export interface Cluster {
  readonly owner: Owner;
  readonly places: Places;
  readonly binaries: Binaries;
}

/** The cluster's password. Makes the cluster first where there is none. */
export async function openCluster(cluster: Cluster, durable: boolean, onProgress: (sentence: string) => void) {
  if (await hasData(cluster)) return (await keptPassword(cluster)) ?? resetPassword(cluster);
  onProgress(`Making a PostgreSQL cluster in ${cluster.places.data}.`);
  return initialise(cluster, durable);
}

/** Refuses with `unavailable` when the data was made by another PostgreSQL version. */
async function hasData({ places, binaries }: Cluster): Promise<boolean> {
  const made = await readFile(join(places.data, "PG_VERSION"), "utf8").catch(() => undefined);
  if (made === undefined) return false;
  const runs = binaries.version.split(".")[0];
  if (made.trim() === runs) return true;
  throw new Refusal(
    "unavailable",
    `The data in ${places.data} is of PostgreSQL ${made.trim()}, installed is ${runs}. Dump it with the old version and restore it, or set DATABASE_URL.`,
  );
}

/** UTF-8, passwords by scram, one sorting order on every machine. Whole or not at all. */
async function initialise(cluster: Cluster, durable: boolean): Promise<string> {
  const password = await newPassword(cluster);
  const half = join(cluster.places.home, `initdb-${process.pid}`);
  const passwordFile = `${half}.password`;
  try {
    await privateFolder(cluster.owner, half);
    await writeFile(passwordFile, password, { mode: 0o600 });
    await giveTo(cluster.owner, passwordFile);
    await runTool(cluster, cluster.binaries.initdb, initdbArguments(half, passwordFile, durable));
    await rename(half, cluster.places.data);
    return password;
  } finally {
    await rm(passwordFile, { force: true });
    await rm(half, { recursive: true, force: true });
  }
}

function initdbArguments(data: string, passwordFile: string, durable: boolean): string[] {
  const text = ["--encoding=UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"];
  const access = [`--username=${SUPERUSER}`, "--auth=scram-sha-256", `--pwfile=${passwordFile}`];
  return [`--pgdata=${data}`, ...text, ...access, ...(durable ? [] : ["--no-sync"])];
}

async function keptPassword({ places }: Cluster): Promise<string | undefined> {
  return readFile(places.password, "utf8").then(
    (text) => text.trim() || undefined,
    () => undefined,
  );
}

async function newPassword({ places }: Cluster): Promise<string> {
  const password = randomBytes(24).toString("base64url");
  await writeFile(places.password, password, { mode: 0o600 });
  return password;
}

/** The password's file was deleted while the data stayed: a server of one session sets a new one. */
async function resetPassword(cluster: Cluster): Promise<string> {
  const password = await newPassword(cluster);
  const single = ["--single", "-D", cluster.places.data, SUPERUSER];
  await runTool(cluster, cluster.binaries.postgres, single, `ALTER USER ${SUPERUSER} PASSWORD '${password}'\n`);
  return password;
}

function runTool(cluster: Cluster, path: string, args: readonly string[], input = ""): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(path, args, { ...asOwner(cluster.owner, cluster.places.home), stdio: "pipe" });
    let said = "";
    child.stdout.resume();
    child.stderr.on("data", (chunk) => {
      said += chunk;
    });
    child.once("error", (cause) => reject(failed(path, String(cause))));
    child.once("close", (code) => (code === 0 ? resolve() : reject(failed(path, said))));
    child.stdin.on("error", () => undefined).end(input);
  });
}

function failed(path: string, detail: string): Refusal {
  const sentence = `${path} did not work here: ${detail.trim() || "it said nothing"}`;
  return new Refusal("unavailable", `${sentence}\nSet DATABASE_URL to use a PostgreSQL of your own.`);
}
