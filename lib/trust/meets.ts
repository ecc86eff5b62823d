import { type Condition, type IssuerKind, isPullRequestEvent, valuesOf } from "./rules";

/**
 * Whether a verified token meets every condition. What is missing, or is neither text, number nor yes-or-no, meets none.
 * A pull request of GitHub's meets a rule only when the rule names its event.
 */
export function meetsConditions(kind: IssuerKind, conditions: readonly Condition[], claims: Readonly<Record<string, unknown>>): boolean {
  if (conditions.length === 0) return false;
  if (kind === "github_actions" && !isPlainRun(conditions, claims)) return false;
  return conditions.every((one) => meets(kind, one, claims));
}

function meets(kind: IssuerKind, one: Condition, claims: Readonly<Record<string, unknown>>): boolean {
  const said = claimText(claims, one.claim);
  if (said === null) return false;
  if ("startsWith" in one) return isBelow(one.startsWith, said);
  if (kind === "github_actions" && one.claim === "sub") return valuesOf(one).some((value) => isSameGithubSubject(value, said));
  return valuesOf(one).includes(said);
}

/** Below on borders of segments: no empty one, none of dots, nothing that could be decoded into another. */
function isBelow(beginning: string, said: string): boolean {
  if (!said.startsWith(beginning)) return false;
  const rest = said.slice(beginning.length);
  return rest !== "" && !/[%\\\p{Cc}]/u.test(rest) && rest.split("/").every((segment) => segment !== "" && !/^\.+$/.test(segment));
}

/** Tokens of pull requests are refused unless asked for, and ids in `sub` must be the ids that are matched on. */
function isPlainRun(conditions: readonly Condition[], claims: Readonly<Record<string, unknown>>): boolean {
  const [event, subject, ref] = ["event_name", "sub", "ref"].map((claim) => claimText(claims, claim));
  if (!event || !subject) return false;
  const ids = parseGithubSubject(subject)?.ids;
  if (ids && ids !== `${claimText(claims, "repository_owner_id")}/${claimText(claims, "repository_id")}`) return false;
  if (conditions.some(({ claim }) => claim === "event_name")) return true;
  return !isPullRequestEvent(event) && !subject.endsWith(":pull_request") && !ref?.startsWith("refs/pull/");
}

/** `repo:O/R:...`, and since July 2026 for new, renamed and moved repositories `repo:O@OID/R@RID:...`. */
function parseGithubSubject(text: string): { readonly name: string; readonly ids: string | null; readonly rest: string } | null {
  const match = /^repo:([^/@:]+)(?:@(\d+))?\/([^/@:]+)(?:@(\d+))?:(.+)$/.exec(text);
  if (!match) return null;
  const [, owner, ownerId, repository, repositoryId, rest = ""] = match;
  if (Boolean(ownerId) !== Boolean(repositoryId)) return null;
  return { name: `${owner}/${repository}`, ids: ownerId ? `${ownerId}/${repositoryId}` : null, rest };
}

/** The same subject in either spelling. The ids that a rule must have are compared besides. */
function isSameGithubSubject(wanted: string, said: string): boolean {
  const [left, right] = [parseGithubSubject(wanted), parseGithubSubject(said)];
  if (!left || !right) return wanted === said;
  return left.name === right.name && left.rest === right.rest && (left.ids === right.ids || !left.ids || !right.ids);
}

/** A claim as text; null when it is not there, is no single value, or could be found in two ways. */
function claimText(claims: Readonly<Record<string, unknown>>, path: string): string | null {
  const found = findClaims(claims, path, 0);
  const [value] = found;
  if (found.length !== 1) return null;
  if (typeof value === "string") return value;
  return typeof value === "boolean" || Number.isSafeInteger(value) ? String(value) : null;
}

/** A dot may be part of a name (`kubernetes.io`) or lead inside. */
function findClaims(within: Readonly<Record<string, unknown>>, path: string, depth: number): unknown[] {
  const whole = Object.hasOwn(within, path) ? [within[path]] : [];
  if (depth > 4) return whole;
  const dots = [...path].flatMap((letter, index) => (letter === "." ? [index] : []));
  const inside = dots.flatMap((dot) => {
    const next = Object.hasOwn(within, path.slice(0, dot)) ? within[path.slice(0, dot)] : null;
    const leads = typeof next === "object" && next !== null && !Array.isArray(next);
    return leads ? findClaims(next as Readonly<Record<string, unknown>>, path.slice(dot + 1), depth + 1) : [];
  });
  return [...whole, ...inside];
}

/** The run that the platform says the token belongs to: GitHub's, by the repository's number. */
export function platformRunOf(kind: IssuerKind, claims: Readonly<Record<string, unknown>>): string | undefined {
  if (kind !== "github_actions") return undefined;
  const parts = ["repository_id", "run_id", "run_attempt"].map((claim) => claimText(claims, claim));
  return parts.every((part) => part !== null && /^\d{1,20}$/.test(part)) ? `github:${parts.join("/")}` : undefined;
}
