import { decodeJwt } from "jose";
import { Refusal } from "../errors";
import type { AccessClaims, Signer } from "./signer";

/** What a verified token says, its instants in seconds since 1970. */
export type DatedClaims = AccessClaims & { readonly iss: string; readonly iat: number; readonly exp: number };

/**
 * A live access token of ours, wherever it may be used: for who asks about a token, and never for who is let in by one. The audience is
 * its own word, believed with all the rest.
 *
 * @throws Refusal `invalid_token` for anything that is not one.
 */
export async function verifyAnywhere(signer: Signer, token: string, now: Date): Promise<DatedClaims> {
  return (await signer.verify(token, audienceOf(token), now)) as DatedClaims;
}

/** Ours have one audience; before it is verified this is no more than a word. */
function audienceOf(token: string): string {
  try {
    const { aud } = decodeJwt(token);
    if (typeof aud === "string") return aud;
  } catch {
    // told below
  }
  throw new Refusal("invalid_token", "This is not an access token of this Valet.", { reason: "token_unknown" });
}
