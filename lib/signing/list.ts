import type { PersonCtx } from "../ctx";
import { requireRole } from "../people/rules";

/** `next`: published, does not sign yet. `previous`: signs no more, still published for what it signed. */
export type SigningKeyState = "next" | "current" | "previous" | "retired";

export interface SigningKeyView {
  readonly kid: string;
  readonly algorithm: "ES256";
  readonly state: SigningKeyState;
  readonly createdAt: Date;
  readonly activeFrom: Date;
  readonly retiredAt: Date | null;
}

const SHOWN_MAX = 20;

/** The keys that sign Valet's tokens, newest first. Admins and auditors. */
export async function listSigningKeys(ctx: PersonCtx): Promise<SigningKeyView[]> {
  requireRole(ctx.actor, "admin", "auditor");
  const now = ctx.clock.now();
  const keys = await ctx.db.signingKey.findMany({ orderBy: [{ activeFrom: "desc" }, { kid: "desc" }], take: SHOWN_MAX });
  const current = keys.find(({ retiredAt, activeFrom }) => !retiredAt && activeFrom <= now);
  return keys.map(({ kid, createdAt, activeFrom, retiredAt }) => {
    const state = retiredAt ? "retired" : activeFrom > now ? "next" : kid === current?.kid ? "current" : "previous";
    return { kid, algorithm: "ES256", state, createdAt, activeFrom, retiredAt };
  });
}
