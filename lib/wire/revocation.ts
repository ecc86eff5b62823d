import { proveCaller } from "../broker/caller";
import { type Revoker, revokeToken } from "../broker/revokeToken";
import type { Core } from "../ctx";
import { findClient } from "../people/clients";
import { needed, readCredentials } from "./form";
import { type OauthRequest, oauthEndpoint } from "./oauthEndpoint";

/** `POST /oauth/revoke`, RFC 7009. The hint is not needed: a token of ours tells its kind. */
export const revocation = oauthEndpoint(async (core, request) => {
  const revoker = await proveRevoker(core, request);
  await revokeToken(core, revoker, { token: needed(request.form, "token"), requestId: request.wire.requestId });
  return null;
});

/** A client that people run themselves has nothing to prove (section 2.1): that it has the token is enough to end it. */
async function proveRevoker(core: Core, { headers, form, wire }: OauthRequest): Promise<Revoker> {
  const credentials = readCredentials(headers, form, wire.proved);
  const client = credentials.kind === "none" && !headers.has("authorization") ? findClient(form.get("client_id") ?? "") : undefined;
  return client ? { kind: "client", clientId: client.id } : proveCaller(core, credentials);
}
