/** The permissions of Demo Tracker, in the words its consent page uses. */
export const SCOPES = {
  "profile:read": "See your name and login",
  "issues:read": "Read issues and their comments",
  "issues:write": "Create, change, comment on and delete issues",
  "files:read": "List and download files",
  "files:write": "Upload files",
  admin: "Manage the members of the workspace",
} as const;

/** Scopes that live at the paths of another SaaS: see githubApi.ts, boxApi.ts and cloudApi.ts. */
const OTHER_SCOPES = [
  "root_readonly",
  "root_readwrite",
  "openid",
  "email",
  "https://www.googleapis.com/auth/cloud-platform",
  "https://www.googleapis.com/auth/devstorage.read_only",
  "https://www.googleapis.com/auth/devstorage.read_write",
] as const;

export type Scope = keyof typeof SCOPES | (typeof OTHER_SCOPES)[number];

export const SCOPE_NAMES = Object.keys(SCOPES) as (keyof typeof SCOPES)[];

export function isScope(name: string): name is Scope {
  return Object.hasOwn(SCOPES, name) || OTHER_SCOPES.some((other) => other === name);
}

export function describeScope(name: string): string {
  return Object.hasOwn(SCOPES, name) ? SCOPES[name as keyof typeof SCOPES] : name;
}

/** Splits a scope parameter; empty pieces stay out. Order is kept, doubles are not. */
export function splitScopes(text: string, separator: " " | ","): string[] {
  return [...new Set(text.split(separator).filter((name) => name !== ""))];
}

export function isSubset(asked: readonly string[], held: readonly string[]): boolean {
  return asked.every((name) => held.includes(name) || (name === "root_readonly" && held.includes("root_readwrite")));
}
