import type { Core } from "../ctx";
import { Refusal } from "../errors";
import { proveKey } from "../tokens/dpop";
import type { AccessClaims } from "../tokens/signer";
import type { GatewayCall } from "./enterGateway";

/**
 * Holds a token to the key that it is bound to: it comes by the DPoP scheme with a proof of that key, and one that is bound to none
 * comes by any other scheme. There is no way down from one to the other. RFC 9449 section 7.
 *
 * @param bindsAlways the agent may use no token that is bound to nothing, not even one from before that was said.
 * @returns the nonce for the next proof, when the one of this proof is about to end.
 */
export async function holdToKey(core: Core, call: GatewayCall, cnf: AccessClaims["cnf"], bindsAlways: boolean): Promise<string | null> {
  if (!cnf && bindsAlways)
    throw new Refusal("invalid_token", "The tokens of this agent are bound to a key of its own, and this one is not.", {
      reason: "binding_required",
      next: "Exchange the grant for a token with a DPoP proof.",
    });
  if (!cnf) {
    refuseKeyless(call);
    return null;
  }
  if (!isByKey(call))
    throw new Refusal(
      "invalid_token",
      "This access token is bound to a key. Send it as Authorization: DPoP ..., with a proof in the DPoP header.",
      {
        reason: "token_bound",
      },
    );
  const url = `${core.settings.publicUrl}/proxy/${call.connector}${call.rawPath}`;
  const token = { text: call.bearer ?? "", jkt: cnf.jkt };
  return (await proveKey(core, call.headers.get("dpop"), { method: call.method, url, token })).nextNonce;
}

/** Nothing that is bound to no key comes by the scheme for those that are. */
export function refuseKeyless(call: GatewayCall): void {
  if (!isByKey(call)) return;
  throw new Refusal("invalid_token", "This token is bound to no key. Send it as Authorization: Bearer ...", { reason: "token_unbound" });
}

function isByKey({ headers }: GatewayCall): boolean {
  return /^dpop\b/i.test(headers.get("authorization") ?? "");
}
