import type { JWK } from "jose";
import type { Core } from "../ctx";
import { preparedRead, type ReadDb, type Tx } from "../db";
import { isRefusal } from "../errors";
import type { SigningKey } from "../generated/prisma/client";
import { newId } from "../ids";
import { newSigningPair, type SigningPair } from "../tokens/signer";

/** How long verifiers may keep our JWKS: its `max-age`. */
export const JWKS_SECONDS = 5 * 60;
/** How long a process may go on with the keys it read, when it cannot read them again. */
export const KEYS_STALE_SECONDS_MAX = 5 * 60;
/** From when it is published a new key waits so long: by then every verifier has it, also one who asked a process that was late. */
export const LEAD_SECONDS = JWKS_SECONDS + KEYS_STALE_SECONDS_MAX;

/** A signing key as it is kept, opened. */
export interface SigningKeyRecord extends SigningPair {
  readonly activeFrom: Date;
}

/** Oldest first, those that are retired left out. */
export function publishedKeys(db: ReadDb | Tx) {
  return db.signingKey.findMany({ where: { retiredAt: null }, orderBy: [{ activeFrom: "asc" }, { kid: "asc" }] });
}

type Published = Pick<SigningKey, "kid" | "publicJwk" | "sealedPrivate" | "activeFrom">;
const PUBLISHED = `select kid, public_jwk as "publicJwk", sealed_private as "sealedPrivate", active_from as "activeFrom"
  from signing_keys where retired_at is null order by active_from, kid`;

/** The same by a kept plan: every process reads them before its first answer, and each minute. */
export function readPublished(db: ReadDb): Promise<Published[]> {
  return preparedRead<Published>(db, "published_keys", PUBLISHED, []);
}

/** One process at a time makes or retires keys, until its transaction ends. */
export async function holdSigningKeys(tx: Tx): Promise<void> {
  await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtext('valet.signing_keys'))`;
}

export const place = (kid: string) => ({ table: "signing_keys", row: kid, column: "sealed_private" });

/** The private half never leaves this process unsealed. */
export function openPrivate(core: Pick<Core, "vault">, { kid, sealedPrivate }: { kid: string; sealedPrivate: string }): JWK {
  return JSON.parse(core.vault.open("signing", place(kid), sealedPrivate)) as JWK;
}

/** A fresh pair, ready to be kept. */
export async function newSigningKey(core: Pick<Core, "vault" | "clock">, leadSeconds: number) {
  const createdAt = core.clock.now();
  const kid = newId("crd", createdAt).slice(4);
  const { publicJwk, privateJwk } = await newSigningPair(kid);
  const sealedPrivate = core.vault.seal("signing", place(kid), JSON.stringify(privateJwk));
  return { kid, publicJwk: publicJwk as object, sealedPrivate, createdAt, activeFrom: new Date(createdAt.getTime() + leadSeconds * 1000) };
}

/** Another process may have been quicker: then there is nothing to do, and no row. */
export async function unlessDone(work: () => Promise<unknown>): Promise<void> {
  await work().catch((error: unknown) => {
    if (!isRefusal(error) || error.code !== "conflict") throw error;
  });
}
