import { asRecord } from "../connectors/account";
import type { AppPermissions } from "../connectors/connector";
import { IMPLIED_PERMISSIONS, permissionWords } from "../connectors/githubPermissions";
import { Refusal } from "../errors";

/** A token that a SaaS was asked to make narrower, as it answered. */
export interface Narrowed {
  readonly accessToken: string;
  /** When it ends by the answer, and never after the token it was made from. Null: nobody said. */
  readonly expiresAt: Date | null;
  /** What the SaaS says it opens, in its own words; null when it does not say. */
  readonly told: readonly string[] | null;
  /** All that `told` may say without being wider than what was asked. */
  readonly within: readonly string[];
}

/** The earlier of two ends. A narrowed token that outlives its parent is no promise of anybody's, so the parent's end counts too. */
export function earlier(one: Date | null, other: Date | null): Date | null {
  if (!one || !other) return one ?? other;
  return one < other ? one : other;
}

export interface GithubWish {
  readonly permissions: AppPermissions;
  /** `owner/name` of the repositories it must not go beyond; null: any. */
  readonly repositories: readonly string[] | null;
}

/**
 * GitHub's answer to a wish for a narrower token, of a person's (`installation` holds what it opens) or of an installation
 * (the members stand beside the token).
 *
 * @throws Refusal `upstream_failed` (`provider_bad_answer`) when it is not a token.
 */
export function readGithubToken(name: string, body: unknown, wish: GithubWish): Narrowed {
  const answer = asRecord(body);
  const token = answer?.token;
  const expiresAt = readTime(answer?.expires_at);
  if (typeof token !== "string" || token === "" || expiresAt === undefined) throw badAnswer(name);
  const told = readPermissions(answer) ?? readPermissions(asRecord(answer?.installation));
  const within = [...permissionWords(wish.permissions), ...permissionWords(IMPLIED_PERMISSIONS)];
  return { accessToken: token, expiresAt, told: told && [...told, ...beyondRepositories(answer, wish.repositories)], within };
}

/** `issues:read` for each permission; null where the answer has none. */
export function readPermissions(answer: Record<string, unknown> | null): string[] | null {
  const permissions = asRecord(answer?.permissions);
  return permissions && Object.entries(permissions).map(([name, level]) => `${name}:${String(level)}`);
}

/** Words that are within nothing, for repositories that were not asked for. */
function beyondRepositories(answer: Record<string, unknown> | null, asked: readonly string[] | null): string[] {
  if (!asked) return [];
  const selection = answer?.repository_selection ?? asRecord(answer?.installation)?.repository_selection;
  if (selection !== "selected") return ["repositories:all"];
  const known = new Set(asked.map((one) => one.toLowerCase()));
  const listed = Array.isArray(answer?.repositories) ? answer.repositories : [];
  return listed.map((one) => String(asRecord(one)?.full_name).toLowerCase()).filter((one) => !known.has(one));
}

/** Null for an end that is not said, undefined for one that is not a time. */
function readTime(value: unknown): Date | null | undefined {
  if (value === null || value === undefined) return null;
  const at = typeof value === "string" ? new Date(value) : null;
  return at && !Number.isNaN(at.getTime()) ? at : undefined;
}

export function badAnswer(name: string, detail?: string): Refusal {
  return new Refusal("upstream_failed", `${name} gave an answer that is not a token. Try again; if it stays so, tell an admin.`, {
    reason: "provider_bad_answer",
    ...(detail ? { detail } : {}),
  });
}
