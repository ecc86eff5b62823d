import { ask } from "./ask.ts";
import { ValetUnreachable } from "./errors.ts";
import { prove } from "./proof.ts";
import type { Settings } from "./settings.ts";

const EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange";
const OF = "urn:valet:params:oauth:token-type:";
/** A token is not given out when it has less than this to live. */
const MARGIN_MS = 30_000;

export interface LeaseOptions {
  /** The grant, where the agent has several at this SaaS. */
  readonly grant?: string;
  /** Less than the grant has. */
  readonly scopes?: readonly string[];
}

/** Short-lived access. */
export interface Lease {
  readonly accessToken: string;
  /** The SaaS's own token, for the SaaS's own address. Otherwise it is for Valet's gateway alone. */
  readonly direct: boolean;
  /** Where the token works, and nowhere else: the base URL for a SaaS's own package. */
  readonly apiBase: string;
  readonly scopes: readonly string[];
  /** Who holds the agent to it: the SaaS (`provider`, `consent`) or Valet's `gateway`. */
  readonly narrowedBy: string;
  readonly grantId: string | undefined;
  /** The row of activity that it was given in. */
  readonly useId: string | undefined;
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
}

interface Kept {
  readonly lease: Promise<Lease>;
  /** Undefined while it is being fetched. */
  expiresAt: number | undefined;
}

/** Leases by what they are for. Whoever asks while one is being fetched waits for that one. */
export class Tokens {
  private readonly leases = new Map<string, Kept>();

  constructor(private readonly settings: Settings) {}

  /** A lease with at least thirty seconds to live, or as fresh as Valet gives it. */
  get(connector: string, options: LeaseOptions = {}): Promise<Lease> {
    const key = JSON.stringify([connector, options.grant, [...(options.scopes ?? [])].sort()]);
    const kept = this.leases.get(key);
    if (kept && (kept.expiresAt === undefined || kept.expiresAt - MARGIN_MS > this.settings.now())) return kept.lease;
    const fetched: Kept = { lease: this.exchange(connector, options), expiresAt: undefined };
    this.leases.set(key, fetched);
    fetched.lease.then(
      ({ expiresAt }) => {
        fetched.expiresAt = expiresAt;
      },
      () => {
        if (this.leases.get(key) === fetched) this.leases.delete(key);
      },
    );
    return fetched.lease;
  }

  /** Forgets a lease whose token was refused, so that the next one is fetched. */
  forget({ accessToken }: Lease): void {
    for (const [key, kept] of this.leases)
      kept.lease.then(
        (lease) => lease.accessToken === accessToken && this.leases.get(key) === kept && this.leases.delete(key),
        () => undefined,
      );
  }

  private async exchange(connector: string, { grant, scopes }: LeaseOptions): Promise<Lease> {
    const { settings } = this;
    const { headers, form } = await prove(settings.proof, settings.url, settings.now());
    const body = new URLSearchParams({
      grant_type: EXCHANGE,
      subject_token: grant ?? connector,
      subject_token_type: `${OF}${grant ? "grant" : "connector"}`,
      ...form,
    });
    if (grant) body.set("audience", connector);
    if (scopes) body.set("scope", scopes.join(" "));
    if (settings.runId) body.set("run_id", settings.runId);
    const begun = settings.now();
    return readLease(await ask(settings, "/oauth/token", { method: "POST", headers, body }), begun);
  }
}

function readLease(body: Readonly<Record<string, unknown>>, begun: number): Lease {
  const { access_token: accessToken, api_base: apiBase, expires_in: seconds, scope, narrowed_by: narrowedBy, grant_id, use_id } = body;
  if (typeof accessToken !== "string" || typeof apiBase !== "string" || typeof seconds !== "number")
    throw new ValetUnreachable("Valet's answer has no access token in it. Check that VALET_URL is a Valet.");
  return {
    accessToken,
    direct: body.issued_token_type === `${OF}downstream_access_token`,
    apiBase,
    scopes: typeof scope === "string" && scope !== "" ? scope.split(" ") : [],
    narrowedBy: String(narrowedBy),
    grantId: typeof grant_id === "string" ? grant_id : undefined,
    useId: typeof use_id === "string" ? use_id : undefined,
    // Counted from before it was asked: never longer than Valet means.
    expiresAt: begun + seconds * 1000,
  };
}
