/** The permissions of Demo Tracker, in the words its consent page uses. */
export const SCOPES = {
  "profile:read": "See your name and login",
  "issues:read": "Read issues and their comments",
  "issues:write": "Create, change, comment on and delete issues",
  "files:read": "List and download files",
  "files:write": "Upload files",
  admin: "Manage the members of the workspace",
} as const;

export type Scope = keyof typeof SCOPES;

export const SCOPE_NAMES = Object.keys(SCOPES) as Scope[];

export function isScope(name: string): name is Scope {
  return Object.hasOwn(SCOPES, name);
}

/** Splits a scope parameter; empty pieces stay out. Order is kept, doubles are not. */
export function splitScopes(text: string, separator: " " | ","): string[] {
  return [...new Set(text.split(separator).filter((name) => name !== ""))];
}

export function isSubset(asked: readonly string[], held: readonly string[]): boolean {
  return asked.every((name) => held.includes(name));
}
