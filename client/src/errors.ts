/** Everything this package throws about a Valet. */
export class ValetError extends Error {
  override readonly name: string = "ValetError";
}

/** Valet could not be reached, or did not answer as a Valet does. Nothing was given; trying again later may help. */
export class ValetUnreachable extends ValetError {
  override readonly name = "ValetUnreachable";
}

/** The smallest grant that would have let a refused call through, as Valet spells it. */
export interface SmallestGrant {
  readonly scopes?: readonly string[];
  readonly [more: string]: unknown;
}

/** Valet said no. The message is a sentence that a person can act on; the members are for programs. */
export class ValetRefusal extends ValetError {
  override readonly name = "ValetRefusal";
  /** HTTP status of the answer. */
  readonly status: number;
  /** OAuth's error at the token endpoint, Valet's code elsewhere: `not_allowed`, `invalid_scope`, `interaction_required`. */
  readonly code: string;
  /** The finer reason: `outside_grant`, `grant_expired`, `agent_paused`. */
  readonly reason: string;
  /** What to do next, in words. */
  readonly next: string | undefined;
  /** A page where a person can mend it. Opening it grants nothing. */
  readonly fix: string | undefined;
  /** The rule that refused, where one did. */
  readonly rule: Readonly<Record<string, unknown>> | undefined;
  /** What would have been enough. */
  readonly smallestGrant: SmallestGrant | undefined;
  /** Seconds after which the same may pass. */
  readonly retryAfterSeconds: number | undefined;
  readonly requestId: string | undefined;

  constructor(status: number, body: Readonly<Record<string, unknown>>, headers: Headers) {
    const sentence = text(body.detail) ?? text(body.error_description) ?? "Valet refused this.";
    const next = text(body.next);
    super(next ? `${sentence} ${next}` : sentence);
    this.status = status;
    this.code = text(body.code) ?? text(body.error) ?? "refused";
    this.reason = text(body.reason) ?? this.code;
    this.next = next;
    this.fix = text(body.fix) ?? text(body.error_uri);
    this.rule = record(body.rule);
    this.smallestGrant = record(body.smallest_grant);
    this.retryAfterSeconds = Number(headers.get("retry-after")) || undefined;
    this.requestId = headers.get("valet-request-id") ?? undefined;
  }
}

function text(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

function record(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : undefined;
}
