import type { Caller } from "./bearer";
import { answerJson, type Exchange, Stop } from "./http";
import type { Route } from "./route";
import type { State } from "./state";

/** What each role may do with a bucket and what is in it. */
export const BUCKET_ROLES: Readonly<Record<string, readonly string[]>> = {
  "roles/storage.objectViewer": ["objects.get", "objects.list"],
  "roles/storage.objectUser": ["objects.get", "objects.list", "objects.create", "objects.delete", "objects.update"],
  "roles/storage.legacyBucketReader": ["buckets.get", "objects.list"],
};
const READS = ["buckets.get", "buckets.list", "objects.get", "objects.list"];
const CHANGES = ["objects.create", "objects.delete", "objects.update"];

/** A person's account with two buckets, at the paths that Google Cloud has for them. */
export const CLOUD_ROUTES: readonly Route[] = [
  { method: "GET", path: /^\/userinfo$/, scope: null, handle: showUserinfo },
  { method: "GET", path: /^\/v3\/projects:search$/, scope: null, handle: listProjects },
  { method: "GET", path: /^\/bigquery\/v2\/projects$/, scope: null, handle: listProjects },
  { method: "GET", path: /^\/storage\/v1\/b$/, scope: null, handle: inBucket("buckets.list") },
  { method: "GET", path: /^\/storage\/v1\/b\/([^/]+)$/, scope: null, handle: inBucket("buckets.get") },
  { method: "GET", path: /^\/storage\/v1\/b\/([^/]+)\/o$/, scope: null, handle: inBucket("objects.list") },
  { method: "GET", path: /^\/storage\/v1\/b\/([^/]+)\/o\/[^/]+$/, scope: null, handle: inBucket("objects.get") },
  { method: "DELETE", path: /^\/storage\/v1\/b\/([^/]+)\/o\/[^/]+$/, scope: null, handle: inBucket("objects.delete") },
  { method: "POST", path: /^\/storage\/v1\/b\/([^/]+)\/o\/[^/]+\/copyTo\/b\/[^/]+\/o\/[^/]+$/, scope: null, handle: copyObject },
];

function showUserinfo(_state: State, exchange: Exchange, { person }: Caller): void {
  answerJson(exchange, 200, { sub: person.id, email: `${person.login}@example.com`, name: person.name });
}

/** Outside of Cloud Storage nobody takes a token that has a boundary. */
function listProjects(_state: State, exchange: Exchange, { token }: Caller): void {
  const whole = token.scopes.some((scope) => scope.endsWith("/auth/cloud-platform")) && token.buckets === undefined;
  if (!whole) throw new Stop(403, { error: { code: 403, message: "Insufficient Permission" } });
  answerJson(exchange, 200, { projects: [] });
}

function inBucket(permission: string): Route["handle"] {
  return (_state, exchange, caller, bucket) => {
    requirePermission(caller, permission, bucket);
    answerJson(exchange, 200, { kind: permission, bucket });
  };
}

function copyObject(_state: State, exchange: Exchange, caller: Caller, from: string): void {
  requirePermission(caller, "objects.get", from);
  requirePermission(caller, "objects.create", /\/copyTo\/b\/([^/]+)\//.exec(exchange.path)?.[1] ?? "");
  answerJson(exchange, 200, { kind: "storage#object" });
}

/** By scope, and where the token has a boundary by the roles that it has in this bucket alone. */
function requirePermission({ token }: Caller, permission: string, bucket: string): void {
  const within = token.scopes.flatMap((scope) => permissionsOf(scope.split("/").at(-1)));
  const roles = token.buckets?.get(bucket) ?? [];
  const bounded = token.buckets === undefined || roles.some((role) => BUCKET_ROLES[role]?.includes(permission));
  if (!within.includes(permission) || !bounded) throw new Stop(403, { error: { code: 403, message: `No storage.${permission} here.` } });
}

function permissionsOf(scope: string | undefined): string[] {
  if (scope === "devstorage.read_only") return READS;
  return scope === "devstorage.read_write" || scope === "cloud-platform" ? [...READS, ...CHANGES] : [];
}

export function asRecord(value: unknown): Record<string, unknown> | null {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : null;
}
