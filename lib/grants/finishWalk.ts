import { recordRefusedChange } from "../activity/change";
import { type CompleteInput, completeConnection } from "../connections/complete";
import { endSeparateConsent } from "../connections/disconnect";
import type { PersonCtx } from "../ctx";
import { isRefusal, Refusal } from "../errors";
import { agreedDraft } from "./lendSeparately";
import { keepGrant, type Minted } from "./mint";
import { grantOfConsent } from "./ofConsent";
import { planOn, readHeld } from "./preview";

export type Finished =
  | { readonly kind: "connection"; readonly connectionId: string; readonly outcome: "connected" | "reconnected" }
  /** With `lent`, `wider`: the SaaS gave more than was asked, so the gateway holds the agent to it. */
  | { readonly kind: "grant"; readonly grantId: string; readonly outcome: "lent" | "renewed"; readonly wider: boolean };

/** Ends any walk to a SaaS: a connection is kept; a consent for one grant alone is kept with that grant, or ended again. The grant gives nothing before its first self-test: see lib/broker/finishLending.ts, which pages call. */
export async function finishWalk(ctx: PersonCtx, input: CompleteInput): Promise<Finished> {
  const { connectionId, outcome, lending } = await completeConnection(ctx, input);
  if (outcome !== "for_one_grant") return (await renewed(ctx, connectionId)) ?? { kind: "connection", connectionId, outcome };
  try {
    const { grantId, narrowedBy } = await mintOn(ctx, connectionId, lending?.draft);
    return { kind: "grant", grantId, outcome: "lent", wider: narrowedBy === "gateway" };
  } catch (error) {
    await endSeparateConsent(ctx, connectionId);
    if (isRefusal(error)) await recordRefusedChange(ctx, "grant.mint", { target: "A grant with its own consent", connectionId }, error);
    throw error;
  }
}

/** A consent of one grant that was given anew is shown with its grant. */
async function renewed(ctx: PersonCtx, connectionId: string): Promise<Finished | null> {
  const grantId = await grantOfConsent(ctx, { connectionId });
  return grantId ? { kind: "grant", grantId, outcome: "renewed", wider: false } : null;
}

/**
 * Mints what was agreed on the consent as it came back. What the SaaS answered is believed: with less than the grant needs
 * it is refused; with more, the gateway holds the agent to it where it can, and the row and the consent record say so.
 */
async function mintOn(ctx: PersonCtx, connectionId: string, draft: unknown): Promise<Minted> {
  const { input, consent } = agreedDraft.parse(draft);
  const account = await readHeld(ctx, await ctx.db.connection.findUniqueOrThrow({ where: { id: connectionId } }));
  const { connector, connection, held } = account;
  const scopes = input.scopes ?? [];
  if (scopes.some((scope) => !held.includes(scope))) throw tooSmall(connector.name);
  const expiresAt = new Date(consent.shown.expiresAt);
  if (expiresAt <= ctx.clock.now()) {
    throw new Refusal("conflict", "The time of this grant was over before you came back. Lend it anew.", { reason: "grant_ended" });
  }
  const on = { granted: connection.providerScopes, offer: null };
  const planned = await planOn(ctx, { ...input, delivery: undefined }, account, scopes, on);
  const wider = planned.summary.narrowedBy === "gateway";
  const delivery = wider || input.delivery === "gateway" ? "gateway" : planned.summary.delivery;
  const became = { narrowedBy: planned.summary.narrowedBy, delivery, enforcement: planned.summary.enforcement };
  const record = JSON.parse(JSON.stringify({ ...consent, ...(wider ? { became } : {}) }));
  const separate = { separateConsent: true, ...(wider ? { wider_than_asked: true } : {}) };
  return keepGrant(ctx, { ...planned, summary: { ...planned.summary, delivery, expiresAt } }, record, {
    untilTested: true,
    detail: separate,
  });
}

function tooSmall(name: string): Refusal {
  return new Refusal(
    "conflict",
    `You gave less at ${name} than this grant needs, so nothing was lent. Start again and agree to all of it.`,
    {
      reason: "consent_too_small",
    },
  );
}
