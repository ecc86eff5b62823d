/** Why an answer of a token endpoint is none: judged by what it says, whatever its status. */
export type TokenCause =
  | "page"
  | "empty"
  | "cut_short"
  | "other_format"
  | "too_large"
  | "packed"
  | "redirected"
  | "own_error"
  | "no_token"
  | "wrong_types"
  | "token_type";

const WORDS: Readonly<Record<TokenCause, string>> = {
  page: "answered with a web page where a token belongs",
  empty: "answered with nothing",
  cut_short: "gave an answer that stops in the middle",
  other_format: "answered in a format that is none of a token",
  too_large: "answered with far more than a token needs",
  packed: "answered in a packing that Valet did not ask for",
  redirected: "sent Valet to another address, where it does not follow",
  own_error: "answered with an error of its own",
  no_token: "answered without an access token",
  wrong_types: "gave a token of a form that no token has",
  token_type: "gave a token of a kind that Valet cannot use",
};

export function causeInWords(name: string, cause: TokenCause): string {
  return `${name} ${WORDS[cause]}. Try again; if it stays so, tell an admin.`;
}

/** An answer that is not a token, by its cause. Holds nothing of what it said. */
export class NotAToken extends Error {
  override readonly name = "NotAToken";
  readonly why: TokenCause;

  constructor(why: TokenCause) {
    super("The answer is not a token.");
    this.why = why;
  }
}

/** What is wrong with an answer as it came; null when its members may be looked at. An error that it names in JSON is read by its code. */
export async function causeOfAnswer(response: Response): Promise<TokenCause | null> {
  if (response.status >= 300 && response.status < 400) return "redirected";
  if (response.status >= 500) return "own_error";
  const type = (response.headers.get("content-type") ?? "").toLowerCase();
  const text = (await response.text()).trim();
  if (text === "") return response.ok ? "empty" : null;
  if (type.includes("application/x-www-form-urlencoded")) return null;
  if (isObject(text)) return null;
  if (type.includes("html") || text.startsWith("<")) return "page";
  return type.includes("json") && /^[{["]/.test(text) && !isJson(text) ? "cut_short" : "other_format";
}

/** What is wrong with the members of an answer that was brought into RFC 6749 form; null when it is a token, or an error that says so. */
export async function causeOfToken(response: Response): Promise<TokenCause | null> {
  if (!response.ok) return null;
  const { access_token: token, refresh_token: refresh, scope } = (await response.json()) as Record<string, unknown>;
  if (token === undefined || token === null || token === "") return "no_token";
  if (!isToken(token)) return "wrong_types";
  if (refresh !== undefined && refresh !== null && refresh !== "" && !isToken(refresh)) return "wrong_types";
  return scope === undefined || typeof scope === "string" ? null : "wrong_types";
}

/** Text that can stand in a header (RFC 6750 section 2.1 takes less; some SaaS give more). */
function isToken(value: unknown): value is string {
  return typeof value === "string" && /^[\x21-\x7e]+$/.test(value);
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function isObject(text: string): boolean {
  return text.startsWith("{") && isJson(text);
}
