import { connectors } from "../connectors/registry";
import type { Core } from "../ctx";
import { isRefusal, Refusal } from "../errors";
import { apiBase } from "../grants/apiBase";
import type { VerifiedClaims } from "../tokens/signer";

/**
 * A live token of ours for any of our own places, as it is shown in an exchange: there the audience says where it works, and not
 * who may show it (RFC 8693 section 1). Whoever asks judges that.
 *
 * Refuses `invalid_request`, as RFC 8693 section 2.2.2 asks of a token that is not good: `..._expired`, `..._unknown`, `..._revoked`.
 */
export async function verifyOurs(core: Core, token: string, now: Date, what: "subject_token" | "actor_token"): Promise<VerifiedClaims> {
  const places = [core.settings.publicUrl, ...connectors.map((connector) => apiBase(core, connector, "gateway"))];
  const claims = await core.signer.verify(token, places, now).catch((error: unknown) => {
    throw isRefusal(error) ? refuse(what, error.reason === "token_expired" ? "expired" : "unknown") : error;
  });
  if (await core.db.endedToken.findUnique({ where: { jti: claims.jti } })) throw refuse(what, "revoked");
  return claims;
}

const WORDS = {
  expired: "has ended.",
  revoked: "was revoked.",
  unknown: "is not an access token of this Valet. A token that a SaaS made cannot be used for this.",
} as const;

function refuse(what: string, how: keyof typeof WORDS): Refusal {
  return new Refusal("invalid_request", `${what} ${WORDS[how]}`, { reason: `${what}_${how}` });
}
