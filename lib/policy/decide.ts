import type { Connector, Exception, Rule } from "../connectors/connector";
import { accessRank, phraseScopes } from "../connectors/scopes";
import { type BatchUnreadable, findBatch, readBatch } from "./batch";
import type { Bounds } from "./bounds";
import type { Call } from "./call";
import { readPath } from "./path";
import { type BoundsDenial, judgeResources, resourceNames } from "./resources";
import { coversMethod, exceptionsOver, type Indexed, rulesOver } from "./ruleIndex";

export type { Call } from "./call";

export type DenyReason =
  | "outside_grant"
  | "exception"
  | "unknown_call"
  | "graphql_unreadable"
  | "batch_unreadable"
  | BoundsDenial["reason"];

/** A call inside a batch, as it was opened. */
export interface InnerCall {
  readonly method: string;
  /** The template that opened it, never what was sent. */
  readonly path: string;
  readonly scope: string;
  /** With JSON-RPC: the method called. */
  readonly rpc?: string;
}

export interface Allowed {
  readonly verdict: "allow";
  readonly scope: string;
  readonly rule: Rule;
  /** How many calls it counts for, and how many of them write. */
  readonly calls: number;
  readonly writes: number;
  /** What it is about, as `kind:name`, as far as the call says so for sure. */
  readonly resources?: readonly string[];
  /** Of a batch: every call in it. */
  readonly inner?: readonly InnerCall[];
}

export interface Denied {
  readonly verdict: "deny";
  readonly reason: DenyReason;
  /** What the agent is told. Repeats nothing that the agent sent. */
  readonly sentence: string;
  /** The narrowest scope that would have opened the call, lent or not. */
  readonly smallestScope?: string;
  /** What the grant would have to be about, as `kind:name`. */
  readonly smallestResource?: string;
  /** The exception that refuses, or the rule of that scope that would have opened the call. */
  readonly rule?: { readonly methods: readonly string[]; readonly path: string };
}

export type Verdict =
  | Allowed
  /** For approvals: a person has to agree first. Nothing answers it yet, and whoever meets it must not forward the call. */
  | { readonly verdict: "ask"; readonly scope: string; readonly rule: Rule; readonly sentence: string }
  | Denied;

/**
 * Whether a grant of these scopes (and what is within them), kept to these bounds, opens this call. Pure; denied unless a rule
 * opens it. A GraphQL document is opened field by field at its root, a batch call by call, and all of them have to be; the
 * strongest scope is answered. Limits of number are not asked here: the ledger counts.
 *
 * The path is judged in the one spelling of `readPath`, whatever spelling it came in: a percent sign hides nothing.
 * @throws Refusal as `readPath`.
 */
export function decideCall(connector: Connector, grantedScopes: readonly string[], asked: Call, bounds: Bounds | null = null): Verdict {
  const read = readPath(asked.path);
  const call = { ...asked, path: read.path, query: asked.query ?? read.query };
  const refused = findException(connector, call);
  if (refused) return deniedByException(connector, refused);
  const batch = findBatch(connector, call);
  if (!batch) return decideOne(connector, grantedScopes, call, bounds);
  const inner = readBatch(batch, call);
  return "unreadable" in inner ? unreadBatch(inner) : decideInner(connector, grantedScopes, inner.calls, bounds);
}

function decideInner(connector: Connector, granted: readonly string[], calls: readonly Call[], bounds: Bounds | null): Verdict {
  const opened: Allowed[] = [];
  for (const [index, call] of calls.entries()) {
    const verdict = decideInside(connector, granted, call, bounds);
    if (verdict.verdict === "ask") return verdict;
    if (verdict.verdict === "deny") return { ...verdict, sentence: `${placed(index, calls.length)} ${verdict.sentence}` };
    opened.push(verdict);
  }
  return sumOf(connector, calls, opened);
}

/** A call in a batch is like any other, but that it holds no batch and no GraphQL: nobody would have read those. */
function decideInside(connector: Connector, granted: readonly string[], asked: Call, bounds: Bounds | null): Verdict {
  const { path, query } = readPath(asked.query ? `${asked.path}?${asked.query}` : asked.path);
  const call = { ...asked, path, query };
  const refused = findException(connector, call);
  if (refused) return deniedByException(connector, refused);
  if (asked.rpc === undefined && findBatch(connector, call)) return unreadBatch({ unreadable: "Put no batch into a batch." });
  return decideOne(connector, granted, call, bounds);
}

function sumOf(connector: Connector, calls: readonly Call[], opened: readonly Allowed[]): Allowed {
  const strongest = strongestOf(connector, opened);
  const inner = opened.map(({ rule, scope }, index): InnerCall => {
    const { method = "", rpc } = calls[index] ?? {};
    return { method, path: rule.path, scope, ...(rpc === undefined ? {} : { rpc }) };
  });
  const resources = [...new Set(opened.flatMap((one) => one.resources ?? []))];
  const writes = opened.reduce((sum, one) => sum + one.writes, 0);
  return { ...strongest, calls: opened.length, writes, inner, ...(resources.length > 0 ? { resources } : {}) };
}

function decideOne(connector: Connector, granted: readonly string[], call: Call, bounds: Bounds | null): Verdict {
  if (isUnreadGraphql(connector, call)) return unreadGraphql();
  const verdicts = splitFields(call).map((part) => decidePart(connector, granted, part, bounds));
  const denied = verdicts.find((one) => one.verdict !== "allow");
  return denied ?? strongestOf(connector, verdicts as Allowed[]);
}

function decidePart(connector: Connector, granted: readonly string[], call: Call, bounds: Bounds | null): Verdict {
  const opening = openingsOf(connector, call);
  const opened = opening.find(({ lentBy }) => granted.some((name) => lentBy.has(name)));
  if (!opened) return outside(connector, granted, opening);
  const judged = judgeResources(connector, bounds, call, opened.scope, opening);
  if (judged.denied) return { verdict: "deny", ...judged.denied };
  const writes = opened.scope.access === "read" ? 0 : 1;
  const about = resourceNames(judged.about);
  return {
    verdict: "allow",
    scope: opened.scope.name,
    rule: opened.rule,
    calls: 1,
    writes,
    ...(about.length > 0 ? { resources: about } : {}),
  };
}

/** Every rule of the connector that opens a call, lent or not, those of the narrowest scope first. */
export function openingsOf(connector: Connector, call: Call): Indexed[] {
  return rulesOver(connector, call.path).filter(({ rule }) => opens(connector, rule, call));
}

/** One call per root field; everything else is one call. */
export function splitFields(call: Call): [Call, ...Call[]] {
  const [first, ...others] = (call.graphql?.rootFields ?? []).map((field) => withField(call, field));
  return first ? [first, ...others] : [call];
}

function withField(call: Call, field: string): Call {
  return call.graphql ? { ...call, graphql: { kind: call.graphql.kind, rootFields: [field] } } : call;
}

/** The first of the strongest: a document or a batch counts as the most that is in it. */
function strongestOf(connector: Connector, verdicts: readonly Allowed[]): Allowed {
  const rank = ({ scope }: Allowed) => accessRank(connector.scopes.find((one) => one.name === scope));
  return verdicts.reduce((best, one) => (rank(one) > rank(best) ? one : best));
}

/** An exception that covers the call, whatever was granted. */
export function findException(connector: Connector, call: Call): Exception | undefined {
  return exceptionsOver(connector, call.path).find((one) => coversMethod(one.methods, call.method));
}

function deniedByException({ name }: Connector, exception: Exception): Denied {
  return { ...deny("exception", `Valet never sends this call to ${name}. ${exception.why}`), rule: exception };
}

function isUnreadGraphql({ api, scopes }: Connector, call: Call): boolean {
  if (call.path !== api.graphqlPath || (call.graphql && call.graphql.rootFields.length > 0)) return false;
  return scopes.some(({ opens: all }) => all.some((rule) => rule.graphql && coversMethod(rule.methods, call.method)));
}

function unreadGraphql(): Denied {
  return deny(
    "graphql_unreadable",
    "Valet could not tell what this GraphQL request does, so it was not sent. Send one document as JSON in a POST.",
  );
}

function unreadBatch({ unreadable }: BatchUnreadable): Denied {
  return deny("batch_unreadable", `Valet could not tell what this batch does, so it was not sent. ${unreadable}`);
}

function placed(index: number, count: number): string {
  return count === 1 ? "In this batch:" : `Call ${index + 1} of ${count} in this batch, so none was sent:`;
}

/** `opening` are all rules of the connector that open the call, those of the narrowest scope first. */
function outside(connector: Connector, granted: readonly string[], opening: readonly Indexed[]): Denied {
  const [smallest] = opening;
  if (!smallest)
    return deny(
      "unknown_call",
      `No permission that Valet knows at ${connector.name} opens this call, and what it does not know it refuses.`,
    );
  const needed = smallest.scope;
  const sentence = `This grant may ${phraseScopes(connector, granted)}. This call needs "${needed.label}" (${needed.name}), which was not lent.`;
  return { ...deny("outside_grant", sentence), smallestScope: needed.name, rule: smallest.rule };
}

function deny(reason: DenyReason, sentence: string): Denied {
  return { verdict: "deny", reason, sentence };
}

function opens({ api }: Connector, rule: Rule, call: Call): boolean {
  if (!coversMethod(rule.methods, call.method)) return false;
  if (rule.rpc) return call.rpc !== undefined && rule.rpc.includes(call.rpc);
  if (call.rpc !== undefined) return false;
  if (!rule.graphql) return call.path !== api.graphqlPath;
  return rule.graphql === call.graphql?.kind && call.graphql.rootFields.every((field) => rule.rootFields?.includes(field) ?? true);
}
