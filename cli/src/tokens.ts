import { ask } from "../../client/src/ask.ts";
import { ValetUnreachable } from "../../client/src/index.ts";
import type { Context } from "./context.ts";
import type { KeptPerson } from "./kept.ts";

/** A public client: it has no secret, and every Valet knows it. */
export const CLI_CLIENT_ID = "valet-cli";

/** Less than a lock is waited for (kept.ts): a refresh token that two commands send would end the login. */
const ANSWER_MS_MAX = 10_000;

/** A token answer of RFC 6749 section 5.1, as it is kept. */
export async function takeTokens(context: Context, url: string, form: Readonly<Record<string, string>>): Promise<KeptPerson> {
  const begun = context.now();
  const body = new URLSearchParams(form);
  const { access_token, refresh_token, expires_in } = await ask({ url, fetch }, "/oauth/token", {
    method: "POST",
    body,
    signal: AbortSignal.timeout(ANSWER_MS_MAX),
  });
  if (typeof access_token !== "string") throw new ValetUnreachable("Valet's answer has no access token in it.");
  return {
    accessToken: access_token,
    ...(typeof refresh_token === "string" ? { refreshToken: refresh_token } : {}),
    ...(typeof expires_in === "number" ? { expiresAt: new Date(begun + expires_in * 1000).toISOString() } : {}),
  };
}
