import type { Core } from "../ctx";
import type { Refusal } from "../errors";
import { type KeyProof, PROOF_ALGORITHMS, proveKey } from "../tokens/dpop";
import { freshNonce } from "../tokens/dpopNonce";

/** Where a refused proof or nonce, or a token that is bound and came without one, is answered with the DPoP scheme. */
const ABOUT_KEYS = new Set(["token_bound", "binding_required"]);

/** The key that a token is asked for, to be bound to it (RFC 9449 section 5). Null: none was shown, and a bearer token is wanted. */
export async function keyOfTokenRequest(core: Core, request: Request): Promise<KeyProof | null> {
  if (!request.headers.has("dpop")) return null;
  return proveKey(core, request.headers.get("dpop"), { method: request.method, url: `${core.settings.publicUrl}/oauth/token` });
}

/** Gives a nonce to whoever was refused for the want of one. */
export function tellNonce(core: Core, refusal: Refusal, headers: Headers): void {
  if (refusal.code === "use_dpop_nonce") headers.set("dpop-nonce", freshNonce(core));
}

/** The 401's challenge where a key was to be proved (RFC 9449 section 7.1); null where the token itself is at fault. */
export function keyChallenge({ code, reason }: Refusal): string | null {
  const isProof = code === "invalid_dpop_proof" || code === "use_dpop_nonce";
  if (!isProof && !ABOUT_KEYS.has(reason)) return null;
  return `DPoP error="${isProof ? code : "invalid_token"}", algs="${PROOF_ALGORITHMS.join(" ")}"`;
}
