import type { Connector, ConnectorScope, Exception, Rule } from "../connectors/connector";
import { accessRank, withContained } from "../connectors/scopes";
import { matchSegment, toSegments } from "./path";

/** A rule in a connector, with the scope it belongs to. */
export interface Indexed {
  readonly scope: ConnectorScope;
  readonly rule: Rule;
  /** The names that bring the scope along: its own, and those of every scope that it is within. */
  readonly lentBy: ReadonlySet<string>;
}

interface Node<Entry> {
  readonly literal: Map<string, Node<Entry>>;
  readonly patterns: Map<string, Node<Entry>>;
  /** What ends here. */
  readonly ends: Entry[];
  /** What covers everything from here on. */
  readonly open: Entry[];
}

interface Index {
  readonly rules: Node<readonly [order: number, entry: Indexed]>;
  readonly exceptions: Node<readonly [order: number, entry: Exception]>;
}

/** Kept by what does not change when a connector gets another address: the same lists stand in every copy of it. */
const kept = new WeakMap<readonly ConnectorScope[], { exceptions: readonly Exception[]; index: Index }>();

/**
 * Every rule whose path covers this one, of the scope that opens least first: weakest access, then fewest rules, then the
 * connector's order. Methods and bodies are for the caller to judge. Costs what matches, not what there is.
 */
export function rulesOver(connector: Connector, path: string): Indexed[] {
  return inOrder(find(indexOf(connector).rules, toSegments(path)));
}

/** Every exception whose path covers this one. Without regard to case: some servers have none, and here that can only refuse more. */
export function exceptionsOver(connector: Connector, path: string): Exception[] {
  return inOrder(find(indexOf(connector).exceptions, toSegments(path.toLowerCase())));
}

/** A HEAD asks for what a GET would answer, without the body. */
export function coversMethod(methods: readonly string[], method: string): boolean {
  return methods.includes(method === "HEAD" ? "GET" : method);
}

function inOrder<Entry>(found: (readonly [number, Entry])[]): Entry[] {
  return found.sort((left, right) => left[0] - right[0]).map(([, entry]) => entry);
}

function indexOf(connector: Connector): Index {
  const known = kept.get(connector.scopes);
  if (known?.exceptions === connector.exceptions) return known.index;
  const index = build(connector);
  kept.set(connector.scopes, { exceptions: connector.exceptions, index });
  return index;
}

function build(connector: Connector): Index {
  const index: Index = { rules: emptyNode(), exceptions: emptyNode() };
  const lentBy = lenders(connector);
  const entries = smallestFirst(connector).flatMap((scope) =>
    scope.opens.map((rule) => ({ scope, rule, lentBy: lentBy.get(scope.name) ?? new Set<string>() })),
  );
  for (const [order, entry] of entries.entries()) add(index.rules, entry.rule.path, [order, entry]);
  for (const [order, entry] of connector.exceptions.entries()) add(index.exceptions, entry.path.toLowerCase(), [order, entry]);
  return index;
}

function lenders(connector: Connector): Map<string, Set<string>> {
  const found = new Map(connector.scopes.map(({ name }) => [name, new Set<string>()]));
  for (const { name } of connector.scopes) for (const within of withContained(connector, [name])) found.get(within)?.add(name);
  return found;
}

function smallestFirst(connector: Connector): ConnectorScope[] {
  const sizes = new Map(connector.scopes.map((scope) => [scope.name, countRules(connector, scope)]));
  const size = ({ name }: ConnectorScope) => sizes.get(name) ?? 0;
  return [...connector.scopes].sort((left, right) => accessRank(left) - accessRank(right) || size(left) - size(right));
}

function countRules(connector: Connector, scope: ConnectorScope): number {
  const within = new Set(withContained(connector, [scope.name]));
  return connector.scopes.reduce((count, one) => count + (within.has(one.name) ? one.opens.length : 0), 0);
}

function emptyNode<Entry>(): Node<Entry> {
  return { literal: new Map(), patterns: new Map(), ends: [], open: [] };
}

function add<Entry>(root: Node<Entry>, template: string, entry: Entry): void {
  const segments = toSegments(template);
  const open = segments.at(-1) === "**";
  let node = root;
  for (const segment of open ? segments.slice(0, -1) : segments) node = childOf(node, segment);
  (open ? node.open : node.ends).push(entry);
}

function childOf<Entry>(node: Node<Entry>, segment: string): Node<Entry> {
  const children = segment.includes("*") ? node.patterns : node.literal;
  const child = children.get(segment) ?? emptyNode<Entry>();
  children.set(segment, child);
  return child;
}

/** The same answer as `matchPath` on every template, found by walking the path once through all of them together. */
function find<Entry>(root: Node<Entry>, segments: readonly string[]): Entry[] {
  if (segments.includes("")) return [];
  const found: Entry[] = [...root.open];
  let nodes = [root];
  for (const segment of segments) {
    nodes = nodes.flatMap((node) => childrenFor(node, segment));
    for (const node of nodes) found.push(...node.open);
  }
  for (const node of nodes) found.push(...node.ends);
  return found;
}

function childrenFor<Entry>(node: Node<Entry>, segment: string): Node<Entry>[] {
  const literal = node.literal.get(segment);
  const patterns = [...node.patterns].flatMap(([pattern, child]) => (matchSegment(pattern, segment) ? [child] : []));
  return literal ? [literal, ...patterns] : patterns;
}
