import { proveCaller } from "../broker/caller";
import { introspect } from "../broker/introspect";
import { needed, readCredentials } from "./form";
import { oauthEndpoint } from "./oauthEndpoint";

/** `POST /oauth/introspect`, RFC 7662. The hint is not needed: a token of ours tells its kind. */
export const introspection = oauthEndpoint(async (core, { headers, form, wire }) => {
  const caller = await proveCaller(core, readCredentials(headers, form, wire.proved));
  return introspect(core, caller, needed(form, "token"));
});
