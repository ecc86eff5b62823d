import type { Core } from "../ctx";
import { preparedRead } from "../db";
import type { LentToken } from "../generated/prisma/client";

/** A narrowed token as it is kept. */
export type HeldToken = Pick<LentToken, "id" | "sealedAccess" | "expiresAt">;

/** Which one: for whom, whether the agent itself has it, and what it reaches. */
export interface HeldFor {
  readonly grantId: string;
  readonly handed: boolean;
  readonly reach: readonly string[];
}

const HELD = `select id, sealed_access as "sealedAccess", expires_at as "expiresAt" from lent_tokens
  where grant_id = $1 and ended_at is null and ending is null and expires_at > $2 and (handed_at is not null) = $3 and scopes = $4::text[]
  order by expires_at desc limit 1`;

/** Grants whose tokens one process remembers. */
const GRANTS_MAX = 10_000;
/** What was found last, for each grant by what it reaches. Per process: `flights` is what every copy of one core shares. */
const remembered = new WeakMap<Core["flights"], Map<string, Map<string, HeldToken>>>();

/** The one that is there now and good until an instant. */
export async function readHeld(core: Core, { grantId, handed, reach }: HeldFor, freshUntil: Date): Promise<HeldToken | undefined> {
  const [held] = await preparedRead<HeldToken>(core.db, "held_token", HELD, [grantId, freshUntil, handed, reach]);
  remember(core, grantId, nameOf(handed, reach), held);
  return held;
}

/**
 * The one that was found last. It may have been ended since at the SaaS, which says so then: nothing is allowed by it, since the gate asks for that.
 * Whatever ends it here ends the grant or changes its account, and then all is read again.
 */
export function rememberedHeld(core: Core, { grantId, handed, reach }: HeldFor, freshUntil: Date): HeldToken | undefined {
  const held = remembered.get(core.flights)?.get(grantId)?.get(nameOf(handed, reach));
  return held && held.expiresAt > freshUntil ? held : undefined;
}

/** After the SaaS has refused one. */
export function forgetHeld(core: Core, grantId: string | null): void {
  if (grantId) remembered.get(core.flights)?.delete(grantId);
}

function nameOf(handed: boolean, reach: readonly string[]): string {
  return `${handed} ${reach.join(" ")}`;
}

function remember(core: Core, grantId: string, name: string, held: HeldToken | undefined): void {
  const grants = remembered.get(core.flights) ?? new Map<string, Map<string, HeldToken>>();
  remembered.set(core.flights, grants);
  const tokens = grants.get(grantId) ?? new Map<string, HeldToken>();
  if (held) tokens.set(name, held);
  else tokens.delete(name);
  grants.delete(grantId);
  grants.set(grantId, tokens);
  const [oldest] = grants.size > GRANTS_MAX ? grants.keys() : [];
  if (oldest !== undefined) grants.delete(oldest);
}
