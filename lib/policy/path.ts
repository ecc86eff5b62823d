import { Refusal } from "../errors";

export const PATH_CHARACTERS_MAX = 2048;

export interface ReadPath {
  /** Decoded, for showing and for resource rules. */
  readonly segments: readonly string[];
  /** The one spelling of this path, percent-encoded. Decide on it and send it: then both are about the same thing. */
  readonly path: string;
  /** As it came, without the question mark; empty when there is none. */
  readonly query: string;
}

/** Parameters by which a request says that it is not what its method says, in the spellings that frameworks honour. */
const METHOD_OVERRIDES = new Set([
  "method",
  "httpmethod",
  "xhttpmethodoverride",
  "xhttpmethod",
  "xmethodoverride",
  "httpmethodoverride",
  "methodoverride",
  "optmethod",
]);

/** A token in a URL would make the call on another account than the one that was lent (RFC 6750 section 2.3). */
const CREDENTIALS = new Set(["access_token", "oauth_token", "bearer_token", "private_token", "job_token", "authorization"]);

/**
 * Reads what the agent put behind `/proxy/{connector}`: path and query, as they came over the wire.
 *
 * @throws Refusal `not_allowed`: `ambiguous_path` for whatever two servers could read in two ways,
 * `credential_in_url` for a token among the parameters.
 */
export function readPath(rawPathAndQuery: string): ReadPath {
  const mark = rawPathAndQuery.indexOf("?");
  const rawPath = mark < 0 ? rawPathAndQuery : rawPathAndQuery.slice(0, mark);
  const query = mark < 0 ? "" : rawPathAndQuery.slice(mark + 1);
  refuseAmbiguous(rawPath, query);
  const segments = rawPath === "/" ? [] : rawPath.slice(1).split("/").map(readSegment);
  refuseParameters(query);
  return { segments, path: `/${segments.map(encodeSegment).join("/")}`, query };
}

function refuseAmbiguous(path: string, query: string): void {
  if (!path.startsWith("/")) throw ambiguous("Start the path with a slash.");
  if (path.length > PATH_CHARACTERS_MAX) throw ambiguous(`Keep the path under ${PATH_CHARACTERS_MAX} characters.`);
  if (/[^\x21-\x7e]/.test(path + query)) throw ambiguous("Percent-encode everything that is not visible ASCII.");
  if (/[\\;#]/.test(path) || query.includes("#")) throw ambiguous("Leave backslashes, semicolons and fragments out of the path.");
  if (/%(?:2e|2f|5c|25|3b)/i.test(path)) throw ambiguous("Do not encode dots, slashes, backslashes, semicolons or percent signs.");
}

function readSegment(raw: string): string {
  const segment = decode(raw);
  if (segment === "" || segment === "." || segment === "..")
    throw ambiguous("Write the path out, without empty segments, dots or a slash at its end.");
  if (/\p{Cc}/u.test(segment)) throw ambiguous("Leave control characters out of the path.");
  return segment;
}

function refuseParameters(query: string): void {
  for (const pair of query.split(/[&;]/)) {
    const name = decode((pair.split("=", 1)[0] ?? "").replaceAll("+", " "))
      .trim()
      .toLowerCase();
    if (METHOD_OVERRIDES.has(name.replace(/[^a-z]/g, "")) && name !== "method")
      throw ambiguous("Send the method you mean: a parameter may not replace it.");
    if (isCredentialName(name))
      throw new Refusal("not_allowed", "Leave tokens out of the address: Valet adds the account's own.", {
        reason: "credential_in_url",
      });
  }
}

/** Whether a parameter of this name carries a token (RFC 6750 sections 2.2 and 2.3). */
export function isCredentialName(name: string): boolean {
  return CREDENTIALS.has(name.toLowerCase());
}

/** Whether a member of a form says that the request has another method. */
export function isMethodOverride(name: string): boolean {
  return /^_(http)?method$/i.test(name);
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw ambiguous("Percent-encode text as UTF-8.");
  }
}

/** Leaves bare what RFC 3986 section 3.3 allows in a segment, so that rules can be written as the SaaS's own docs spell it. */
function encodeSegment(segment: string): string {
  return encodeURIComponent(segment).replace(/%(?:3A|40|24|2C|3D|2B|26)/g, decodeURIComponent);
}

function ambiguous(next: string): Refusal {
  return new Refusal("not_allowed", `This address can be read in more than one way. ${next}`, { reason: "ambiguous_path", next });
}

/**
 * Whether a template covers a path that `readPath` answered. Templates as in `Rule`. Walks both once: no regular expression
 * is made from input, and no input makes it slow.
 */
export function matchPath(template: string, path: string): boolean {
  const wanted = toSegments(template);
  const given = toSegments(path);
  const open = wanted.at(-1) === "**";
  const fixed = open ? wanted.slice(0, -1) : wanted;
  if (open ? given.length < fixed.length : given.length !== fixed.length) return false;
  return given.every((segment) => segment !== "") && fixed.every((pattern, index) => matchSegment(pattern, given[index] ?? ""));
}

export function toSegments(path: string): string[] {
  return path === "/" ? [] : path.slice(1).split("/");
}

/** Each piece between stars is taken at its first place: with stars alone as wildcards that is never too early. */
export function matchSegment(pattern: string, segment: string): boolean {
  const pieces = pattern.split("*");
  const first = pieces[0] ?? "";
  const last = pieces.at(-1) ?? "";
  if (pieces.length === 1) return pattern === segment;
  if (segment.length < first.length + last.length || !segment.startsWith(first) || !segment.endsWith(last)) return false;
  const end = segment.length - last.length;
  let at = first.length;
  for (const piece of pieces.slice(1, -1)) {
    const found = segment.indexOf(piece, at);
    if (found < 0 || found + piece.length > end) return false;
    at = found + piece.length;
  }
  return true;
}
