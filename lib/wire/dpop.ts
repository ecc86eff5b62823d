import type { Proved } from "../broker/caller";
import type { Core } from "../ctx";
import type { Refusal } from "../errors";
import type { Incoming, NewHeaderFields } from "../net/message";
import { judgeProof, type KeyProof, PROOF_ALGORITHMS } from "../tokens/dpop";
import { freshNonce } from "../tokens/dpopNonce";
import type { WireContext } from "./context";

/** Where a refused proof or nonce, or a token that is bound and came without one, is answered with the DPoP scheme. */
const ABOUT_KEYS = new Set(["token_bound", "binding_required"]);

/** The key that a token is asked for. */
export interface TokenKey extends KeyProof {
  /** In place of the request's own: spends the proof once somebody is proved, so that no stranger's proofs are remembered. */
  readonly proved: Proved;
  /** @throws Error when nobody was: the proof could be shown again, so nothing may leave. */
  requireSpent(): void;
}

/** The key that a token is asked for, to be bound to it (RFC 9449 section 5). Null: none was shown, and a bearer token is wanted. */
export async function keyOfTokenRequest(core: Core, request: Incoming, wire: WireContext): Promise<TokenKey | null> {
  if (!request.headers.has("dpop")) return null;
  const asked = { method: request.method, url: `${core.settings.publicUrl}/oauth/token` };
  const { jkt, nextNonce, spend } = await judgeProof(core, request.headers.get("dpop"), asked);
  let spending: Promise<void> | null = null;
  return {
    jkt,
    nextNonce,
    async proved(caller) {
      await wire.proved?.(caller);
      spending ??= spend();
      await spending;
    },
    requireSpent() {
      if (!spending) throw new Error("A token was bound to a proof that nobody spent.");
    },
  };
}

/** Gives a nonce to whoever was refused for the want of one. */
export function tellNonce(core: Core, refusal: Refusal, headers: NewHeaderFields): void {
  if (refusal.code === "use_dpop_nonce") headers.set("dpop-nonce", freshNonce(core));
}

/** The 401's challenge where a key was to be proved (RFC 9449 section 7.1); null where the token itself is at fault. */
export function keyChallenge({ code, reason }: Refusal): string | null {
  const isProof = code === "invalid_dpop_proof" || code === "use_dpop_nonce";
  if (!isProof && !ABOUT_KEYS.has(reason)) return null;
  return `DPoP error="${isProof ? code : "invalid_token"}", algs="${PROOF_ALGORITHMS.join(" ")}"`;
}
