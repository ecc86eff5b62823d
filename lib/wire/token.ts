import type { Core } from "../ctx";
import { Refusal } from "../errors";
import { type Answer, type HeaderFields, type Incoming, JsonAnswer } from "../net/message";
import { CLIENT_CREDENTIALS, clientCredentialsGrant } from "./clientCredentials";
import type { WireContext } from "./context";
import { keyOfTokenRequest } from "./dpop";
import { asRefusal } from "./failure";
import { parseForm, readFormText } from "./form";
import { oauthError } from "./oauthError";
import { DEVICE_CODE, deviceGrant, REFRESH_TOKEN, refreshGrant } from "./terminalGrants";
import { exchangedAgain, exchangeGrant, TOKEN_EXCHANGE } from "./tokenExchange";

/** A request to the token endpoint whose form has been read. */
export interface TokenRequest {
  readonly headers: HeaderFields;
  readonly form: URLSearchParams;
  /** The form as it came. */
  readonly text: string;
  readonly wire: WireContext;
  /** The key that was proved (RFC 9449 section 5): what is given is bound to it, or not given. */
  readonly jkt: string | undefined;
}

/** What one grant type answers: the body of RFC 6749 section 5.1, but for `token_type`, which follows from `jkt`. */
export type TokenGrant = (core: Core, request: TokenRequest) => Promise<Readonly<Record<string, unknown>>>;

/** Every grant type that the token endpoint takes: a row and a file each. */
export const TOKEN_GRANTS: Readonly<Record<string, TokenGrant>> = {
  [TOKEN_EXCHANGE]: exchangeGrant,
  [CLIENT_CREDENTIALS]: clientCredentialsGrant,
  [DEVICE_CODE]: deviceGrant,
  [REFRESH_TOKEN]: refreshGrant,
};

const UNKEPT = { "cache-control": "no-store", pragma: "no-cache" };

/** `POST /oauth/token`. */
export async function tokenEndpoint(core: Core, request: Incoming, wire: WireContext): Promise<Answer> {
  try {
    refuseOtherMethods(request);
    const text = await readFormText(request);
    const again = await exchangedAgain(core, request.headers, text, wire);
    if (again) return new JsonAnswer({ ...again, token_type: "Bearer" }, 200, UNKEPT);
    const form = parseForm(text);
    const grant = grantOf(form);
    const key = await keyOfTokenRequest(core, request, wire);
    const told = key ? { ...wire, proved: key.proved } : wire;
    const answer = await grant(core, { headers: request.headers, form, text, wire: told, jkt: key?.jkt });
    key?.requireSpent();
    const headers = { ...UNKEPT, ...(key?.nextNonce ? { "dpop-nonce": key.nextNonce } : {}) };
    return new JsonAnswer({ ...answer, token_type: key ? "DPoP" : "Bearer" }, 200, headers);
  } catch (error) {
    const refusal = asRefusal(core, error, wire.requestId);
    const told =
      refusal ??
      new Refusal("unavailable", "Something went wrong here. The operator's log has it under the request id.", { reason: "server_error" });
    if (refusal?.reason === "method") return onlyPost(core, refusal);
    const response = oauthError(core, told, request.headers.get("authorization"));
    return refusal ? response : response.but(500, { error: "server_error" });
  }
}

function refuseOtherMethods(request: Incoming): void {
  if (request.method !== "POST") throw new Refusal("invalid_request", "The token endpoint takes POST only.", { reason: "method" });
}

function onlyPost(core: Core, refusal: Refusal): Answer {
  const answer = oauthError(core, refusal, null);
  answer.headers.set("allow", "POST");
  return answer.but(405);
}

function grantOf(form: URLSearchParams): TokenGrant {
  const type = form.get("grant_type");
  const taken = Object.keys(TOKEN_GRANTS).join(" or ");
  if (!type) throw new Refusal("invalid_request", `grant_type is missing. Send ${taken}.`, { reason: "grant_type_missing" });
  const grant = Object.hasOwn(TOKEN_GRANTS, type) ? TOKEN_GRANTS[type] : undefined;
  if (!grant) throw new Refusal("unsupported_grant_type", `Send grant_type=${taken}.`);
  return grant;
}
