import type { Core } from "../ctx";
import { Refusal } from "../errors";
import type { HeaderFields } from "../net/message";
import { proveKey } from "../tokens/dpop";
import type { AccessClaims } from "../tokens/signer";

/** A request that came with a token of ours. */
export interface TokenUse {
  readonly method: string;
  /** Its address under our public origin. */
  readonly url: string;
  readonly headers: HeaderFields;
  /** The token itself, by whatever scheme it came. */
  readonly token: string;
}

/**
 * Holds a token to the key that it is bound to: it comes by the DPoP scheme with a proof of that key, and one that is bound to none
 * comes by any other scheme. There is no way down from one to the other. RFC 9449 section 7.
 *
 * @param bindsAlways the agent may use no token that is bound to nothing, not even one from before that was said.
 * @returns the nonce for the next proof, when the one of this proof is about to end.
 */
export async function holdToKey(core: Core, use: TokenUse, cnf: AccessClaims["cnf"], bindsAlways: boolean): Promise<string | null> {
  requireBound(cnf, bindsAlways);
  if (!cnf) {
    refuseKeyless(use);
    return null;
  }
  if (!isByKey(use))
    throw new Refusal(
      "invalid_token",
      "This access token is bound to a key. Send it as Authorization: DPoP ..., with a proof in the DPoP header.",
      {
        reason: "token_bound",
      },
    );
  const token = { text: use.token, jkt: cnf.jkt };
  return (await proveKey(core, use.headers.get("dpop"), { method: use.method, url: use.url, token })).nextNonce;
}

export function requireBound(cnf: AccessClaims["cnf"], bindsAlways: boolean): void {
  if (cnf || !bindsAlways) return;
  throw new Refusal("invalid_token", "The tokens of this agent are bound to a key of its own, and this one is not.", {
    reason: "binding_required",
    next: "Exchange the grant for a token with a DPoP proof.",
  });
}

/** Nothing that is bound to no key comes by the scheme for those that are. */
export function refuseKeyless(use: Pick<TokenUse, "headers">): void {
  if (!isByKey(use)) return;
  throw new Refusal("invalid_token", "This token is bound to no key. Send it as Authorization: Bearer ...", { reason: "token_unbound" });
}

function isByKey({ headers }: Pick<TokenUse, "headers">): boolean {
  return /^dpop\b/i.test(headers.get("authorization") ?? "");
}
