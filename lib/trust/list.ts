import type { Ctx } from "../ctx";
import { requireRole } from "../people/rules";
import { asIssuer, type KeySource, keyNames, type TrustedIssuer } from "./issuer";
import type { IssuerKind } from "./rules";
import { audiencesOf } from "./verify";

/** An issuer as admins see it, with how its keys are. */
export interface IssuerView {
  readonly id: string;
  readonly kind: IssuerKind;
  readonly name: string;
  readonly issuer: string;
  readonly keysFrom: KeySource;
  readonly keysAt: string | null;
  /** What its tokens must be made for: one of these. */
  readonly audiences: readonly string[];
  /**
   * `healthy`; `failing`: the last look failed, and the last good keys count; `no_keys`: nobody can be proved, because none were ever
   * had or the trust domain was revoked; `disabled`: switched off.
   */
  readonly state: "healthy" | "failing" | "no_keys" | "disabled";
  /** The keys by their `kid`. */
  readonly kids: readonly string[];
  readonly fetchedAt: Date | null;
  readonly sequence: string | null;
  readonly failure: { readonly at: Date; readonly sentence: string } | null;
  /** Credentials of agents that rest on it and live. */
  readonly rules: number;
}

/** Everybody whose tokens may prove an agent, by name. Admins and auditors only. */
export async function listIssuers(ctx: Ctx): Promise<IssuerView[]> {
  requireRole(ctx.actor, "admin", "auditor");
  const credentials = { where: { revokedAt: null, OR: [{ expiresAt: null }, { expiresAt: { gt: ctx.clock.now() } }] } };
  const records = await ctx.db.trustedIssuer.findMany({
    include: { _count: { select: { credentials } } },
    orderBy: [{ name: "asc" }, { id: "asc" }],
  });
  return records.map((record) => viewOf(ctx, asIssuer(record), record._count.credentials));
}

/** One issuer as admins see it. */
export function viewOf(ctx: Ctx, issuer: TrustedIssuer, rules: number): IssuerView {
  const { id, kind, name, keysFrom, keysAt, fetchedAt, kept, sequence } = issuer;
  return {
    ...{ id, kind, name, issuer: issuer.issuer, keysFrom, keysAt, fetchedAt, rules },
    audiences: audiencesOf(ctx, issuer),
    state: stateOf(issuer),
    kids: keyNames(kept.keys),
    sequence: sequence === null ? null : String(sequence),
    failure: kept.failure,
  };
}

function stateOf({ disabledAt, kept }: TrustedIssuer): IssuerView["state"] {
  if (disabledAt) return "disabled";
  if (kept.keys.length === 0) return "no_keys";
  return kept.failure ? "failing" : "healthy";
}
