/**
 * Every way Valet says no. OAuth codes keep their RFC names (6749, 8693, 8707); the others are ours.
 * The comment beside each is what the edge answers on REST; OAuth endpoints have their own table in lib/wire.
 */
export const REFUSAL_CODES = [
  "invalid_request", // 400 malformed, missing or doubled parameters
  "invalid_client", // 401 the agent could not be proved
  "invalid_token", // 401 a bearer token that is unknown, expired or for another place
  "invalid_grant", // 400 no live grant covers the request
  "invalid_scope", // 400 asked beyond the grant or beyond the connection
  "invalid_target", // 400 the resource is not one this grant opens
  "invalid_authorization_details", // 400 RFC 9396: not understood, or beyond the token
  "actor_unauthorized", // 403 who would act is proved, and may not
  "unsupported_grant_type", // 400
  "invalid_dpop_proof", // 401, at the token endpoint 400: the key of a DPoP-bound token was not proved
  "use_dpop_nonce", // 401, at the token endpoint 400: the same proof again, with the nonce in DPoP-Nonce
  "unsupported_token_type", // 400 a token of a kind that is not ended at the revocation endpoint
  "invalid_code", // 400 a device code or refresh token that is unknown, spent, ended, or another client's: one answer
  "authorization_pending", // 400 nobody has decided about this terminal yet
  "slow_down", // 400 the terminal asks too often: five seconds more between two questions, for good
  "expired_token", // 400 the terminal's code has ended
  "interaction_required", // 403 the connection needs its person
  "access_denied", // 403 the person said no at the SaaS
  "forbidden", // 403 this person or agent may not do this
  "not_allowed", // 403 the gateway's rules refuse this call
  "not_found", // 404 not there, or not yours: one answer
  "conflict", // 409 it would collide with what is there
  "too_many_requests", // 429 with Retry-After
  "too_large", // 413
  "upstream_failed", // 502 the SaaS could not be reached or answered nonsense
  "unavailable", // 503 the database or another part is away; nothing was given
  "unauthenticated", // 401 nobody is signed in
] as const;
export type RefusalCode = (typeof REFUSAL_CODES)[number];

export interface RefusalOptions {
  /** For the operator's log only; still without secrets. */
  readonly detail?: string;
  readonly cause?: unknown;
  /** The finer reason that the ledger keeps: `grant_revoked`, `agent_paused`, `scope_beyond_grant` ... */
  readonly reason?: string;
  /** What the caller can do next, as a sentence. */
  readonly next?: string;
  /** A path of Valet's own where a person can mend it. Opening it grants nothing. */
  readonly fix?: string;
  /** What the refusal adds for programs: the rule, the smallest scope. */
  readonly facts?: Readonly<Record<string, unknown>>;
  readonly retryAfterSeconds?: number;
  /** Input fields at fault, by name, for forms. */
  readonly fields?: Readonly<Record<string, string>>;
  /** What the ledger keeps of a refusal whose cause is not the caller's to learn. */
  readonly kept?: KeptCause;
}

/** Why somebody was not believed who showed what really is, or was, an agent's. */
export interface KeptCause {
  readonly reason: string;
  readonly agentId: string;
  readonly agentName: string;
  readonly credentialId: string;
}

/** A decision against the caller, with a sentence that says what to do. Anything else thrown is a bug. */
export class Refusal extends Error {
  override readonly name = "Refusal";
  readonly code: RefusalCode;
  readonly detail: string | undefined;
  readonly reason: string;
  readonly next: string | undefined;
  readonly fix: string | undefined;
  readonly facts: Readonly<Record<string, unknown>> | undefined;
  readonly retryAfterSeconds: number | undefined;
  readonly fields: Readonly<Record<string, string>> | undefined;
  readonly kept: KeptCause | undefined;

  constructor(code: RefusalCode, message: string, options: RefusalOptions = {}) {
    super(message, { cause: options.cause });
    this.code = code;
    this.detail = options.detail;
    this.reason = options.reason ?? code;
    this.next = options.next;
    this.fix = options.fix;
    this.facts = options.facts;
    this.retryAfterSeconds = options.retryAfterSeconds;
    this.fields = options.fields;
    this.kept = options.kept;
  }
}

/** Works across bundles: pages and the broker may each hold their own copy of the class. */
export function isRefusal(error: unknown): error is Refusal {
  return error instanceof Error && error.name === "Refusal" && "code" in error;
}

/** Not there and not yours are the same answer, word for word. */
export function notFound(what: string): Refusal {
  return new Refusal("not_found", `There is no such ${what}, or it is not yours.`);
}
