import type { Core } from "../ctx";
import { readByKey } from "../db";
import type { LentToken } from "../generated/prisma/client";

/** A narrowed token as it is kept. */
export type HeldToken = Pick<LentToken, "id" | "sealedAccess" | "expiresAt">;

/** Which one: for whom, whether the agent itself has it, and what it reaches. */
export interface HeldFor {
  readonly grantId: string;
  readonly handed: boolean;
  readonly reach: readonly string[];
}

/** Of all that is asked by a key, as JSON: `[grantId, handed, reach]`. */
const HELD = `select k.key, h.* from unnest($1::text[]) as k(key) cross join lateral (
    select id, sealed_access as "sealedAccess", expires_at as "expiresAt" from lent_tokens
    where grant_id = k.key::jsonb ->> 0 and (handed_at is not null) = (k.key::jsonb -> 1)::boolean
      and scopes = array(select jsonb_array_elements_text(k.key::jsonb -> 2)) and ended_at is null and ending is null
    order by expires_at desc limit 1) h`;

/** The one that is there now and good until an instant; read together with whoever asks at the same time. */
export async function readHeld(core: Core, { grantId, handed, reach }: HeldFor, freshUntil: Date): Promise<HeldToken | undefined> {
  const held = await readByKey<HeldToken>(core.db, "held_token", HELD, JSON.stringify([grantId, handed, reach]));
  return held && held.expiresAt > freshUntil ? held : undefined;
}
