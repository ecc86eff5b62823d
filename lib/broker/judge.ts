import type { Use } from "../activity/use";
import type { Connector } from "../connectors/connector";
import type { Core } from "../ctx";
import { Refusal } from "../errors";
import type { BodyStream, HeaderFields } from "../net/message";
import { needsBody } from "../policy/bodyNeeded";
import type { Bounds } from "../policy/bounds";
import type { Call, CallBody } from "../policy/call";
import { type Allowed, type Denied, decideCall } from "../policy/decide";
import { readGraphql } from "../policy/graphql";
import type { ReadPath } from "../policy/path";
import { readBody } from "./body";
import { cleanBody, forwardedBody } from "./callBody";
import type { Entry } from "./enterGateway";
import { refusedCall } from "./refusedCall";
import { refusedHop } from "./refusedHop";
import type { UpstreamCall } from "./upstream";

/** A call as it came, before anything of it is judged. */
export interface AskedCall {
  readonly method: string;
  readonly headers: HeaderFields;
  readonly body: BodyStream | null;
  /** The Valet token of the call. */
  readonly bearer: string | null;
}

export interface JudgedCall {
  readonly decision: Allowed;
  /** What is forwarded: the very text that was judged, or the stream that did not have to be. */
  readonly body: UpstreamCall["body"];
}

const METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"];

/** Asks the rules and the grant's bounds. Refuses `not_allowed` with the rule, `too_large`; the row learns what was decided. */
export async function judgeCall(core: Core, use: Use, entry: Entry, asked: AskedCall, address: ReadPath): Promise<JudgedCall> {
  if (!METHODS.includes(asked.method))
    throw new Refusal("not_allowed", `The gateway forwards ${METHODS.join(", ")}, and no other requests.`, { reason: "method_unknown" });
  const { connector } = entry.authority;
  const mustRead = boundsOf(entry).some((bounds) => needsBody(connector, { method: asked.method, path: address.path }, bounds));
  const call = describe(connector, asked, address, mustRead ? await readClean(connector, asked) : null);
  const decision = decide(entry, call);
  if (decision.verdict === "deny")
    throw entry.authority.chain ? refusedHop(entry, entry.authority.chain, decision) : refusedCall(core, use, entry, call, decision);
  use.row.detail = detailOf(decision);
  const bodyless = asked.method === "GET" || asked.method === "HEAD";
  return { decision, body: bodyless ? null : (call.body?.text ?? (await forwardedBody(connector, asked))) };
}

/** All that a call is kept to: what the grant is, and what was handed on of it. */
function boundsOf({ authority: { bounds, chain } }: Entry): readonly [Bounds | null, ...(Bounds | null)[]] {
  return chain ? [bounds, chain.limits.bounds] : [bounds];
}

/** Opened by all of them, or refused by the first that does not. */
function decide(entry: Entry, call: Call): Allowed | Denied {
  const [first, ...others] = boundsOf(entry).map((bounds) => decideCall(entry.authority.connector, entry.scopes, call, bounds));
  const decision = [first, ...others].find((one) => one?.verdict !== "allow") ?? first;
  if (!decision || decision.verdict === "ask") throw new Error("No rule asks yet.");
  return decision;
}

/** What is judged is what is sent, so the caller's own token is taken out before. */
async function readClean(connector: Connector, asked: AskedCall): Promise<CallBody> {
  const read = await readBody(asked.headers, asked.body);
  return { ...read, text: cleanBody(connector, asked, read.text) };
}

function describe(connector: Connector, { method, headers }: AskedCall, { path, query }: ReadPath, body: CallBody | null): Call {
  const speaksGraphql = body && method === "POST" && connector.api.graphqlPath === path;
  const graphql = speaksGraphql ? { graphql: readGraphql(body.text, headers.get("content-type"), query) } : {};
  return { method, path, query, ...(body ? { body } : {}), ...graphql };
}

/** What the row keeps: templates and names of what was lent, never what else the call held. */
function detailOf({ rule, scope, calls, writes, resources, inner }: Allowed): Record<string, unknown> {
  return { rule, scope, ...(resources ? { resources } : {}), ...(inner ? { calls, writes, inner } : {}) };
}
