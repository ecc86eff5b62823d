import { Refusal } from "../errors";

export const ISSUER_KINDS = ["github_actions", "gitlab", "kubernetes", "oidc", "spiffe"] as const;
export type IssuerKind = (typeof ISSUER_KINDS)[number];

/** What one claim of a workload's token must say. `claim` is a name, or a path with dots: `kubernetes.io.namespace`. */
export type Condition =
  | { readonly claim: string; readonly equals: string }
  | { readonly claim: string; readonly oneOf: readonly string[] }
  /** Ends with `/` or `:`, and something has to follow: `refs/heads/release/` is not the beginning of `refs/heads/releases`. */
  | { readonly claim: string; readonly startsWith: string };

/** What an admin is told of conditions before they count. With an error they are not kept. */
export interface ConditionsCheck {
  readonly errors: readonly { readonly claim: string; readonly sentence: string }[];
  readonly warnings: readonly string[];
}

export const CONDITIONS_MAX = 12;
const CLAIM = /^[A-Za-z0-9_][A-Za-z0-9_.:/-]{0,99}$/;
const VALUE_CHARACTERS_MAX = 512;
const CHOICES_MAX = 20;
/** Checked of every token, or different in each: they tell nobody apart. */
const RESERVED = new Set(["iss", "aud", "exp", "nbf", "iat", "jti", "cnf"]);

/** What tells one workload from all others of its issuer: each must be given exactly, and not by its beginning. */
export const IDENTIFYING: Readonly<Record<IssuerKind, readonly string[]>> = {
  github_actions: ["repository_id", "repository_owner_id"],
  gitlab: ["project_id", "namespace_id"],
  kubernetes: ["kubernetes.io.namespace", "kubernetes.io.serviceaccount.name", "kubernetes.io.serviceaccount.uid"],
  oidc: [],
  spiffe: ["sub"],
};
/** Names can be given to somebody else; these numbers cannot. */
const NUMBERS = new Set(["repository_id", "repository_owner_id", "project_id", "namespace_id"]);
const GITHUB_CLAIMS = new Set(
  `sub repository_id repository_owner_id repository repository_owner ref ref_type environment workflow workflow_ref job_workflow_ref
  event_name actor_id enterprise_id runner_environment repository_visibility ref_protected`.split(/\s+/),
);
const GITHUB_PATHS = new Set(["ref", "workflow_ref", "job_workflow_ref"]);

/** Whether these conditions name a workload, or only a place where anybody may stand. Pure: pages ask it while an admin types. */
export function checkConditions(kind: IssuerKind, issuer: string, conditions: readonly Condition[]): ConditionsCheck {
  const errors = [...conditions.flatMap((one) => checkCondition(kind, one)), ...checkWhole(kind, issuer, conditions)];
  return { errors, warnings: errors.length > 0 ? [] : warningsOf(kind, conditions) };
}

/** @throws Refusal `invalid_request` with the first error, and all of them by claim. */
export function requireConditions(kind: IssuerKind, issuer: string, conditions: readonly Condition[]): void {
  const [first, ...more] = checkConditions(kind, issuer, conditions).errors;
  if (!first) return;
  const fields = Object.fromEntries([...more.reverse(), first].map(({ claim, sentence }) => [claim || "conditions", sentence]));
  throw new Refusal("invalid_request", first.sentence, { reason: "conditions_too_wide", fields });
}

function checkCondition(kind: IssuerKind, one: Condition): ConditionsCheck["errors"] {
  const wrong = (sentence: string) => [{ claim: one.claim, sentence }];
  const values = valuesOf(one);
  if (!CLAIM.test(one.claim)) return [{ claim: "", sentence: "A claim's name has letters, digits, dots and underscores." }];
  if (RESERVED.has(one.claim)) return wrong(`Valet checks ${one.claim} by itself. Leave it out.`);
  if (values.length === 0 || values.length > CHOICES_MAX) return wrong(`Give 1 to ${CHOICES_MAX} values for ${one.claim}.`);
  if (values.some((value) => value === "" || value.length > VALUE_CHARACTERS_MAX)) {
    return wrong(`Give ${one.claim} a value of at most ${VALUE_CHARACTERS_MAX} characters.`);
  }
  if (values.some((value) => /[*?\p{Cc}]/u.test(value))) {
    return wrong(`${one.claim} has a wildcard. Only an ending after / or : is one: refs/heads/release/*.`);
  }
  if ("startsWith" in one && !/[/:]$/.test(one.startsWith)) return wrong(`The beginning of ${one.claim} must end with / or :.`);
  if (NUMBERS.has(one.claim) && !values.every((value) => /^[1-9]\d{0,19}$/.test(value))) {
    return wrong(`${one.claim} is a number: names can be taken by somebody else.`);
  }
  if ("startsWith" in one && kind !== "spiffe" && IDENTIFYING[kind].includes(one.claim)) return wrong(`Give ${one.claim} exactly.`);
  return kind === "github_actions" ? checkGithub(one) : [];
}

function checkGithub(one: Condition): ConditionsCheck["errors"] {
  const wrong = (sentence: string) => [{ claim: one.claim, sentence }];
  if (!GITHUB_CLAIMS.has(one.claim)) return wrong(`GitHub's tokens have no claim ${one.claim} that a rule may rest on.`);
  if ("startsWith" in one && !GITHUB_PATHS.has(one.claim)) return wrong(`Give ${one.claim} exactly.`);
  return [];
}

function checkWhole(kind: IssuerKind, issuer: string, conditions: readonly Condition[]): ConditionsCheck["errors"] {
  const named = conditions.map(({ claim }) => claim);
  const doubled = named.find((claim, index) => named.indexOf(claim) !== index);
  if (doubled !== undefined) return [{ claim: doubled, sentence: `${doubled} is there twice. Give all its values in one condition.` }];
  if (conditions.length > CONDITIONS_MAX) return [{ claim: "", sentence: `A rule has ${CONDITIONS_MAX} conditions at most.` }];
  const missing = IDENTIFYING[kind].filter((claim) => !named.includes(claim));
  if (missing.length > 0) return missing.map((claim) => ({ claim, sentence: `${claim} is missing: without it, others would match too.` }));
  if (kind === "spiffe") return checkSpiffe(issuer, conditions);
  return kind === "oidc" ? checkOidc(conditions) : [];
}

function checkSpiffe(issuer: string, conditions: readonly Condition[]): ConditionsCheck["errors"] {
  const wrong = (sentence: string) => [{ claim: "sub", sentence }];
  if (conditions.length > 1) return wrong("A SPIFFE ID is the whole identity: give sub alone.");
  const ids = conditions.flatMap(valuesOf).map((value) => parseSpiffeId(value.replace(/\/$/, "")));
  if (ids.some((id) => id === null)) return wrong(`A SPIFFE ID looks like ${issuer}/ns/prod/agent, without a slash at its end.`);
  if (ids.some((id) => `spiffe://${id?.trustDomain}` !== issuer)) return wrong(`That is another trust domain than ${issuer}.`);
  if (ids.some((id) => id?.path === "")) return wrong("That is everything in the trust domain. Give a path.");
  const exact = conditions.every((one) => "startsWith" in one || valuesOf(one).every((value) => !value.endsWith("/")));
  return exact ? [] : wrong("A SPIFFE ID has no slash at its end. For all below it, write /* there.");
}

function checkOidc(conditions: readonly Condition[]): ConditionsCheck["errors"] {
  const exact = conditions.filter((one) => !("startsWith" in one));
  if (exact.some(({ claim }) => claim === "sub") || exact.length >= 2) return [];
  return [{ claim: "sub", sentence: "Give sub exactly, or at least two other claims that together are one workload." }];
}

function warningsOf(kind: IssuerKind, conditions: readonly Condition[]): string[] {
  const of = (claim: string) => conditions.filter((one) => one.claim === claim).flatMap(valuesOf);
  const has = (...claims: string[]) => claims.some((claim) => of(claim).length > 0);
  switch (kind) {
    case "github_actions":
      return [
        ...(of("event_name").some(isPullRequestEvent)
          ? ["Pull requests are let in: whoever can open one may run code as this agent. Leave event_name out to keep them out."]
          : []),
        ...(has("ref", "environment", "workflow_ref", "job_workflow_ref")
          ? []
          : ["Every branch and every workflow of the repository matches. An environment or a ref would be narrower."]),
      ];
    case "gitlab":
      return of("ref_protected").join() === "true"
        ? []
        : ["Whoever may push any branch of the project may run as this agent. Add ref_protected = true to keep to protected ones."];
    case "oidc":
      return has("sub") ? [] : ["Without sub, make sure that these claims together belong to one workload alone, for good."];
    case "spiffe":
      return conditions.some((one) => "startsWith" in one) ? ["Every workload below this path can prove this agent."] : [];
    case "kubernetes":
      return [];
  }
}

/** A SPIFFE ID by its parts, or null (SPIFFE-ID section 2): no port, no percent sign, no empty or dot segment, no slash at the end. */
export function parseSpiffeId(text: string): { readonly trustDomain: string; readonly path: string } | null {
  const match = text.length <= 2048 ? /^spiffe:\/\/([a-z0-9._-]{1,255})((?:\/[A-Za-z0-9._-]+)*)$/.exec(text) : null;
  if (!match) return null;
  const [, trustDomain = "", path = ""] = match;
  return path.split("/").some((segment) => segment === "." || segment === "..") ? null : { trustDomain, path };
}

/** Conditions as they were kept, or null when they are nothing that this version knows: then nobody meets them. */
export function readConditions(kept: unknown): Condition[] | null {
  if (!Array.isArray(kept)) return null;
  const known = kept.every((one: unknown) => {
    if (typeof one !== "object" || one === null || typeof (one as Condition).claim !== "string") return false;
    if ("equals" in one) return typeof one.equals === "string";
    if ("startsWith" in one) return typeof one.startsWith === "string";
    return "oneOf" in one && Array.isArray(one.oneOf) && one.oneOf.every((value) => typeof value === "string");
  });
  return known ? (kept as Condition[]) : null;
}

/** One line of a form: `a` exactly, `a | b` either, `a/*` everything below. */
export function conditionOf(claim: string, text: string): Condition {
  const trimmed = text.trim();
  if (trimmed.includes("|")) return { claim, oneOf: trimmed.split("|").map((value) => value.trim()) };
  return /[/:]\*$/.test(trimmed) ? { claim, startsWith: trimmed.slice(0, -1) } : { claim, equals: trimmed };
}

/** The same back: what `conditionOf` was given. */
export function conditionText(one: Condition): string {
  return "startsWith" in one ? `${one.startsWith}*` : valuesOf(one).join(" | ");
}

/** What the claim may be, or begin with. */
export function valuesOf(one: Condition): readonly string[] {
  if ("equals" in one) return [one.equals];
  return "oneOf" in one ? one.oneOf : [one.startsWith];
}

/** Events whose run may hold what a stranger proposed: `pull_request`, `pull_request_target` and their like. */
export function isPullRequestEvent(event: string): boolean {
  return event.startsWith("pull_request");
}
