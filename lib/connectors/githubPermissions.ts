import { ACCESS_LEVELS, type AppPermissions } from "./connector";

/** GitHub puts this into every token of an app, asked for or not: names and settings of repositories. */
export const IMPLIED_PERMISSIONS: AppPermissions = { metadata: "read" };

/**
 * Which of GitHub's permissions hold a token to each of our scopes. Left out is what none of them holds exactly: GitHub has no
 * "comment only", `administration` also deletes repositories, and GraphQL reads whatever the token reads.
 */
export const githubPermissions: Readonly<Record<string, AppPermissions>> = {
  // Needs none of its own: any token may ask who its person is. Never asked for alone, since nothing asked for means all.
  "profile:read": {},
  "metadata:read": { metadata: "read" },
  "members:read": { members: "read" },
  "contents:read": { contents: "read" },
  "issues:read": { issues: "read" },
  "pull_requests:read": { pull_requests: "read" },
  "statuses:read": { statuses: "read" },
  "checks:read": { checks: "read" },
  "actions:read": { actions: "read" },
  "issues:write": { issues: "write" },
  "pull_requests:write": { pull_requests: "write" },
  "contents:write": { contents: "write" },
  "statuses:write": { statuses: "write" },
  "actions:write": { actions: "write" },
};

/**
 * The permissions to ask GitHub for; null when a scope has none, or when there would be nothing to ask for: GitHub takes an
 * empty wish for a wish for everything.
 */
export function permissionsFor(map: Readonly<Record<string, AppPermissions>>, scopes: readonly string[]): AppPermissions | null {
  const wanted: Record<string, AppPermissions[string]> = {};
  for (const scope of scopes) {
    if (!Object.hasOwn(map, scope)) return null;
    for (const [name, level] of Object.entries(map[scope] ?? {})) {
      if (rank(level) > rank(wanted[name])) wanted[name] = level;
    }
  }
  return Object.keys(wanted).length > 0 ? wanted : null;
}

/** `issues:write` and all below it: what an answer may say without being wider than these permissions. */
export function permissionWords(permissions: AppPermissions): string[] {
  return Object.entries(permissions).flatMap(([name, level]) => ACCESS_LEVELS.slice(0, rank(level) + 1).map((lower) => `${name}:${lower}`));
}

/** The scopes whose permissions are all within what GitHub says, as `issues:read`: what a token of an app holds. */
export function scopesWithin(map: Readonly<Record<string, AppPermissions>>, told: readonly string[]): string[] {
  const within = new Set(told.flatMap((word) => lowerWords(word)));
  return Object.keys(map).filter((scope) => Object.entries(map[scope] ?? {}).every(([name, level]) => within.has(`${name}:${level}`)));
}

function lowerWords(word: string): string[] {
  const [name = "", level = ""] = word.split(":");
  const known = ACCESS_LEVELS.find((one) => one === level);
  return known ? permissionWords({ [name]: known }) : [];
}

function rank(level: AppPermissions[string] | undefined): number {
  return level === undefined ? -1 : ACCESS_LEVELS.indexOf(level);
}
