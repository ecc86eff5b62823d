import { ownToken } from "../broker/ownAccess";
import { Refusal } from "../errors";
import { cleanRunId, runIdOf, traceIdOf } from "./context";
import { readCredentials } from "./form";
import type { TokenGrant } from "./token";

export const CLIENT_CREDENTIALS = "client_credentials";

/** RFC 6749 section 4.4: a token on the agent's own authority, for one `resource` (RFC 8707). */
export const clientCredentialsGrant: TokenGrant = async (core, { headers, form, wire, jkt }) => {
  if (form.has("audience"))
    throw new Refusal("invalid_target", "Say where the token is wanted for with resource, not with audience.", { reason: "audience" });
  const issued = await ownToken(core, {
    credentials: readCredentials(headers, form, wire.proved),
    jkt,
    resources: form.getAll("resource"),
    scopes: [...new Set((form.get("scope") ?? "").split(" ").filter(Boolean))],
    runId: cleanRunId(form.get("run_id") ?? undefined) ?? runIdOf(headers),
    traceId: traceIdOf(headers),
    requestId: wire.requestId,
  });
  return {
    access_token: issued.accessToken,
    expires_in: issued.expiresInSeconds,
    ...(issued.scopes.length > 0 ? { scope: issued.scopes.join(" ") } : {}),
    resource: issued.resource,
    pattern: "own",
    use_id: issued.useId,
  };
};
