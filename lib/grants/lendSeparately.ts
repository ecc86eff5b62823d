import { z } from "zod";
import { recordRefusedChange } from "../activity/change";
import { beginConnection } from "../connections/begin";
import { narrowScopes } from "../connectors/scopes";
import type { PersonCtx } from "../ctx";
import { isRefusal, Refusal } from "../errors";
import type { Delivery } from "../policy/compile";
import { consentRecord } from "./mint";
import { offerSeparately } from "./offer";
import { type GrantSummary, type MintInput, mintInput, ownConnection, type Planned, planOn, readHeld, readScopes } from "./preview";

/** What a walk for one grant alone carries along: what to mint on return, and the consent record as it was agreed to. */
export const agreedDraft = z.object({
  input: mintInput,
  consent: z.object({ shown: z.looseObject({ expiresAt: z.string() }), agreedBy: z.looseObject({}), agreedAt: z.string() }),
});

/** What lending with a consent of its own would give, without giving it. The same refusals as `lendSeparately`. */
export async function previewSeparately(ctx: PersonCtx, input: MintInput): Promise<GrantSummary> {
  return (await planSeparately(ctx, input)).planned.summary;
}

/**
 * Lends by a second, smaller consent at the SaaS whose tokens belong to this grant alone. Nothing is lent yet: the person
 * agrees at the SaaS first, and `finishWalk` mints what was shown here.
 *
 * Refuses as `mintGrant`, and `invalid_request` (`separate_consent_not_possible`) where the SaaS has no such consent to give.
 *
 * @returns the address to send the browser to.
 */
export async function lendSeparately(ctx: PersonCtx, input: MintInput, browserSecret: string): Promise<{ authorizeUrl: string }> {
  const { planned, asked, requested, registration } = await planSeparately(ctx, input).catch(async (error: unknown): Promise<never> => {
    if (isRefusal(error)) await recordRefusedChange(ctx, "grant.mint", { target: "A grant with its own consent" }, error);
    throw error;
  });
  const draft = { input: { ...asked, scopes: planned.scopes }, consent: consentRecord(ctx, planned.summary) };
  const lending = { parentId: planned.connection.id, registration, draft: z.record(z.string(), z.json()).parse(draft) };
  return beginConnection(ctx, { connector: planned.connector.id, scopes: [...requested], browserSecret, lending });
}

async function planSeparately(ctx: PersonCtx, input: MintInput) {
  const asked = mintInput.parse(input);
  const account = await readHeld(ctx, await ownConnection(ctx, asked.connectionId));
  const { connector, held } = account;
  const offer = asked.bounds
    ? null
    : await offerSeparately(ctx, account, narrowScopes(connector, held, asked.scopes ?? readScopes(connector, held)));
  if (!offer) throw notPossible(connector.name);
  const scopes = narrowScopes(connector, held, offer.scopes);
  const planned = await planOn(ctx, asked, account, scopes, { granted: offer.requested, offer: offer.registration });
  return { planned: worded(planned), asked, requested: offer.requested, registration: offer.registration };
}

function worded(planned: Planned): Planned {
  const { connectorName, delivery } = planned.summary;
  return { ...planned, summary: { ...planned.summary, enforcement: enforcement(connectorName, delivery) } };
}

/** Who holds the agent to it, in a sentence. */
function enforcement(name: string, delivery: Delivery): string {
  const rest =
    delivery === "direct"
      ? ", and the agent holds a token of it for at most an hour."
      : ". Valet's gateway checks every call as well, and the agent never holds a token.";
  return `${name} enforces this: you give it a second, smaller consent for this grant alone, with only these permissions${rest}`;
}

function notPossible(name: string): Refusal {
  return new Refusal("invalid_request", `${name} cannot hold this grant by a consent of its own.`, {
    reason: "separate_consent_not_possible",
    next: "Lend it without one: the summary says who holds the agent to it.",
  });
}
