import { z } from "zod";
import { change } from "../activity/change";
import type { Ctx } from "../ctx";
import { Refusal } from "../errors";
import { newId } from "../ids";
import { badField, readText, requireRole } from "../people/rules";
import { isKeysAddress } from "./fetchKeys";
import { asIssuer, isIssuerAddress, isKeysPath, KEY_SOURCES, type KeptKeys, keptColumn, SOURCES } from "./issuer";
import { KEY_SET_BYTES_MAX, type KeySet, KeySetRefused, readKeySet, refusePrivateKeys } from "./keySet";
import { lookNow } from "./keys";
import { type IssuerView, viewOf } from "./list";
import { ISSUER_KINDS, parseSpiffeId } from "./rules";

const text = z.string().trim();

export const addIssuerInput = z.strictObject({
  kind: z.enum(ISSUER_KINDS),
  name: text,
  /** As tokens say it in `iss`; for SPIFFE the trust domain, `spiffe://example.org`. */
  issuer: text.min(1).max(300),
  keysFrom: z.enum(KEY_SOURCES),
  /** An address, or an absolute path on this host. */
  keysAt: text.max(1000).optional(),
  /** A pasted JWKS or bundle, as text. */
  keys: z.string().max(KEY_SET_BYTES_MAX).optional(),
  /** What tokens must be made for. Left out: this Valet. */
  audience: text.max(300).optional(),
});
export type AddIssuerInput = z.output<typeof addIssuerInput>;

/**
 * Trusts an issuer of workload tokens. It proves nobody until a rule says which of its workloads is which agent. Admins only.
 *
 * Its keys are fetched at once; when that fails it is kept, and says so. Refuses `conflict` for an issuer that is there already.
 */
export async function addIssuer(ctx: Ctx, input: z.input<typeof addIssuerInput>): Promise<IssuerView> {
  requireRole(ctx.actor, "admin");
  const given = addIssuerInput.parse(input);
  const name = readText("name", given.name, 80);
  requireIssuer(ctx, given);
  const pasted = readKeys(given);
  if (await ctx.db.trustedIssuer.findUnique({ where: { issuer: given.issuer } })) throw taken();
  const createdAt = ctx.clock.now();
  const kept: KeptKeys = { keys: pasted?.keys ?? [], refreshSeconds: 0, failure: null };
  const record = {
    ...{ id: newId("tri", createdAt), kind: given.kind, name, issuer: given.issuer, keysFrom: given.keysFrom },
    ...{ keysAt: given.keysAt || null, audience: given.audience || null, createdById: ctx.actor.personId, createdAt },
    ...{ keys: keptColumn(kept), sequence: pasted?.sequence ?? null, fetchedAt: pasted ? createdAt : null },
  };
  const added = await change(ctx, "trusted_issuer.add", async (tx, row) => {
    row.target = name;
    row.detail = { kind: given.kind, issuer: given.issuer, keys_from: given.keysFrom, audience: record.audience };
    return tx.trustedIssuer.create({ data: record });
  }).catch(refuseTaken);
  const issuer = asIssuer(added);
  return viewOf(ctx, pasted ? issuer : await lookNow(ctx, issuer, true), 0);
}

function requireIssuer(ctx: Ctx, { kind, issuer, keysFrom, keysAt, audience }: AddIssuerInput): void {
  if (!SOURCES[kind].includes(keysFrom)) throw badField("keysFrom", `Keys of this kind come by ${SOURCES[kind].join(", ")}.`);
  if (kind === "spiffe") requireDomain(issuer, audience);
  else if (!isIssuerAddress(issuer))
    throw badField("issuer", "Give the address that tokens carry in iss, such as https://issuer.example.com.");
  if (issuer.replace(/\/$/, "") === ctx.settings.publicUrl)
    throw badField("issuer", "That is this Valet. Its own tokens prove nobody to it.");
  if (keysFrom === "discovery" && !isKeysAddress(issuer)) throw badField("issuer", "Keys are discovered at https addresses only.");
  if (keysFrom === "url" && !isKeysAddress(keysAt ?? "")) throw badField("keysAt", "Give the https address of the keys.");
  if (keysFrom === "file" && !isKeysPath(keysAt ?? "")) throw badField("keysAt", "Give the absolute path of the file, without detours.");
  if (["inline", "discovery"].includes(keysFrom) && keysAt) throw badField("keysAt", "Leave this empty: the keys come from elsewhere.");
}

function requireDomain(issuer: string, audience: string | undefined): void {
  if (parseSpiffeId(issuer)?.path !== "") throw badField("issuer", "Give the trust domain, such as spiffe://example.org, without a path.");
  if (audience) throw badField("audience", "Leave this empty: a JWT-SVID must be made for this Valet alone.");
}

function readKeys({ kind, keysFrom, keys }: AddIssuerInput): KeySet | null {
  if (keysFrom !== "inline") {
    if (keys) throw badField("keys", "Leave this empty: the keys come from elsewhere.");
    return null;
  }
  try {
    refusePrivateKeys(keys ?? "");
    return readKeySet(keys ?? "", kind === "spiffe");
  } catch (error) {
    throw error instanceof KeySetRefused ? badField("keys", error.message) : error;
  }
}

function taken(): Refusal {
  const sentence = "This issuer is trusted already.";
  return new Refusal("conflict", sentence, { reason: "issuer_taken", fields: { issuer: sentence } });
}

/** Two admins at once: the unique index decides. */
function refuseTaken(error: unknown): never {
  throw (error as { code?: string }).code === "P2002" ? taken() : error;
}
