import type { Connector, ConnectorScope, Exception, Rule } from "../connectors/connector";
import { accessRank, findScope, phraseScopes, withContained } from "../connectors/scopes";
import type { GraphqlOperations } from "./graphql";
import { matchPath, readPath } from "./path";

/** A call as the gateway would send it: `path` without the query, `graphql` what `readGraphql` answered. */
export interface Call {
  readonly method: string;
  readonly path: string;
  readonly graphql?: GraphqlOperations;
}

export type DenyReason = "outside_grant" | "exception" | "unknown_call" | "graphql_unreadable";

export type Verdict =
  | { readonly verdict: "allow"; readonly scope: string; readonly rule: Rule }
  /** For approvals: a person has to agree first. Nothing answers it yet, and whoever meets it must not forward the call. */
  | { readonly verdict: "ask"; readonly scope: string; readonly rule: Rule; readonly sentence: string }
  | {
      readonly verdict: "deny";
      readonly reason: DenyReason;
      /** What the agent is told. Repeats nothing that the agent sent. */
      readonly sentence: string;
      /** The narrowest scope that would have opened the call, lent or not. */
      readonly smallestScope?: string;
      /** The exception that refuses, or the rule of that scope that would have opened the call. */
      readonly rule?: { readonly methods: readonly string[]; readonly path: string };
    };

interface Opening {
  readonly scope: ConnectorScope;
  readonly rule: Rule;
}

/**
 * Whether a grant of these scopes (and what is within them) opens this call. Pure; denied unless a rule opens it.
 * A GraphQL document is opened field by field at its root, and all of them have to be; the strongest scope is answered.
 *
 * The path is judged in the one spelling of `readPath`, whatever spelling it came in: a percent sign hides nothing.
 * @throws Refusal as `readPath`.
 */
export function decideCall(connector: Connector, grantedScopes: readonly string[], asked: Call): Verdict {
  const call = { ...asked, path: readPath(asked.path).path };
  const refused = findException(connector, call);
  if (refused)
    return {
      verdict: "deny",
      reason: "exception",
      sentence: `Valet never sends this call to ${connector.name}. ${refused.why}`,
      rule: refused,
    };
  if (isUnreadGraphql(connector, call)) return unreadGraphql();
  const verdicts = splitFields(call).map((part) => decidePart(connector, grantedScopes, part));
  const denied = verdicts.find((one) => one.verdict !== "allow");
  return denied ?? verdicts.reduce((best, one) => (rankOf(connector, one) > rankOf(connector, best) ? one : best));
}

function decidePart(connector: Connector, grantedScopes: readonly string[], call: Call): Verdict {
  const opened = smallestOpening(connector, withContained(connector, grantedScopes), call);
  if (opened) return { verdict: "allow", scope: opened.scope.name, rule: opened.rule };
  return outside(connector, grantedScopes, call);
}

/** One call per root field; everything else is one call. */
export function splitFields(call: Call): [Call, ...Call[]] {
  const [first, ...others] = (call.graphql?.rootFields ?? []).map((field) => withField(call, field));
  return first ? [first, ...others] : [call];
}

function withField(call: Call, field: string): Call {
  return call.graphql ? { ...call, graphql: { kind: call.graphql.kind, rootFields: [field] } } : call;
}

function rankOf(connector: Connector, verdict: Verdict): number {
  return verdict.verdict === "allow" ? accessRank(findScope(connector, verdict.scope)) : -1;
}

/** Without regard to case: some servers have none, and here that can only refuse more. */
export function findException({ exceptions }: Connector, call: Call): Exception | undefined {
  const path = call.path.toLowerCase();
  return exceptions.find((one) => coversMethod(one.methods, call.method) && matchPath(one.path.toLowerCase(), path));
}

/** A HEAD asks for what a GET would answer, without the body. */
function coversMethod(methods: readonly string[], method: string): boolean {
  return methods.includes(method === "HEAD" ? "GET" : method);
}

function isUnreadGraphql({ api, scopes }: Connector, call: Call): boolean {
  if (call.path !== api.graphqlPath || (call.graphql && call.graphql.rootFields.length > 0)) return false;
  return scopes.some(({ opens }) => opens.some((rule) => rule.graphql && coversMethod(rule.methods, call.method)));
}

function unreadGraphql(): Verdict {
  const sentence = "Valet could not tell what this GraphQL request does, so it was not sent. Send one document as JSON in a POST.";
  return { verdict: "deny", reason: "graphql_unreadable", sentence };
}

function outside(connector: Connector, granted: readonly string[], call: Call): Verdict {
  const everything = connector.scopes.map((scope) => scope.name);
  const opening = smallestOpening(connector, everything, call);
  if (!opening) {
    const sentence = `No permission that Valet knows at ${connector.name} opens this call, and what it does not know it refuses.`;
    return { verdict: "deny", reason: "unknown_call", sentence };
  }
  const needed = opening.scope;
  const sentence = `This grant may ${phraseScopes(connector, granted)}. This call needs "${needed.label}" (${needed.name}), which was not lent.`;
  return { verdict: "deny", reason: "outside_grant", sentence, smallestScope: needed.name, rule: opening.rule };
}

/** Of all that opens the call, the scope that opens least: weakest access first, then fewest rules. */
export function smallestOpening(connector: Connector, names: readonly string[], call: Call): Opening | undefined {
  const found = names.flatMap((name) => openingsOf(connector, name, call));
  return found.sort(
    (a, b) => accessRank(a.scope) - accessRank(b.scope) || countRules(connector, a.scope) - countRules(connector, b.scope),
  )[0];
}

function openingsOf(connector: Connector, name: string, call: Call): Opening[] {
  const scope = findScope(connector, name);
  const rule = scope?.opens.find((one) => opens(connector, one, call));
  return scope && rule ? [{ scope, rule }] : [];
}

function opens({ api }: Connector, rule: Rule, call: Call): boolean {
  if (!coversMethod(rule.methods, call.method) || !matchPath(rule.path, call.path)) return false;
  if (!rule.graphql) return call.path !== api.graphqlPath;
  return rule.graphql === call.graphql?.kind && call.graphql.rootFields.every((field) => rule.rootFields?.includes(field) ?? true);
}

function countRules(connector: Connector, scope: ConnectorScope): number {
  const within = withContained(connector, [scope.name]);
  return within.reduce((count, name) => count + (findScope(connector, name)?.opens.length ?? 0), 0);
}
