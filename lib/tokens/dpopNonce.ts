import { createHmac } from "node:crypto";
import type { Core } from "../ctx";

/** How long a nonce is the newest one. It is taken for as long again. */
export const NONCE_SECONDS = 300;
const NONCE_CHARACTERS = 32;

/** What nonces are made from. The same key ring makes the same nonces: no process keeps any. */
export type NonceTools = Pick<Core, "clock" | "vault">;

/** The nonce that a DPoP proof should have now (RFC 9449 sections 8 and 9). */
export function freshNonce(core: NonceTools): string {
  return nonceOf(core, 0);
}

/** Whether we gave this nonce, and lately; `old` when it is about to end. */
export function judgeNonce(core: NonceTools, nonce: unknown): "fresh" | "old" | null {
  // Another process whose clock is a little ahead gives the next one already.
  if (nonce === nonceOf(core, 0) || nonce === nonceOf(core, -1)) return "fresh";
  return nonce === nonceOf(core, 1) ? "old" : null;
}

/** @param ago how many spans before this one; -1 is the next. */
function nonceOf({ clock, vault }: NonceTools, ago: number): string {
  const span = Math.floor(clock.now().getTime() / 1000 / NONCE_SECONDS) - ago;
  return createHmac("sha256", vault.derive("dpop-nonce")).update(String(span)).digest("base64url").slice(0, NONCE_CHARACTERS);
}
