import type { Connector } from "../connectors/connector";
import { accessOf, describeScopes, findScope, withContained } from "../connectors/scopes";

export const TEMPLATES = ["read", "triage", "custom"] as const;
export type TemplateId = (typeof TEMPLATES)[number];

/** A way to begin a grant: permissions that go together, all of them held. */
export interface Template {
  readonly id: TemplateId;
  readonly title: string;
  /** What it comes to, in a sentence. */
  readonly words: string;
  /** What it ticks. `custom` starts with nothing. */
  readonly scopes: readonly string[];
}

/** Scopes that only answer, mark or sort what is there: comments, reactions, labels. By their names at the SaaS. */
const SMALL_WRITE = /comment|reaction|^stories:|\.labels$/i;
const COMMENTS = /comment|^stories:/i;

/**
 * How a grant of this connection can begin, narrowest first. Read-only holds what can write nothing, whatever is within it; the
 * middle one adds what answers and sorts, where the connection holds such a scope; Custom is the person's own choice. Pure.
 *
 * @param held What the connection may lend: see `heldScopes`.
 */
export function templatesOf(connector: Connector, held: readonly string[]): Template[] {
  const reads = describeScopes(connector, held).filter(({ name }) => accessOf(connector, [name]) === "read");
  const read = reads.map(({ name }) => name);
  const small = held.filter((name) => isSmallWrite(connector, name));
  return [
    { id: "read", title: "Read-only", words: "It looks, and changes nothing.", scopes: read },
    ...(small.length > 0 ? [middle([...read, ...small], small)] : []),
    { id: "custom", title: "Custom", words: "You choose each permission.", scopes: [] },
  ];
}

function middle(scopes: readonly string[], small: readonly string[]): Template {
  return small.some((name) => COMMENTS.test(name))
    ? { id: "triage", title: "Read and comment", words: "It looks, and answers in comments. It changes nothing else.", scopes }
    : { id: "triage", title: "Triage", words: "It looks, and sorts what is there by labels or reactions.", scopes };
}

/** Writes, and so does nothing within it that is larger. */
function isSmallWrite(connector: Connector, name: string): boolean {
  if (findScope(connector, name)?.access !== "write") return false;
  const writes = withContained(connector, [name]).filter((one) => findScope(connector, one)?.access !== "read");
  return writes.every((one) => findScope(connector, one)?.access === "write" && SMALL_WRITE.test(one));
}

/** Which template these permissions are, exactly; `custom` when none. Pure. */
export function templateFor(templates: readonly Template[], scopes: readonly string[]): TemplateId {
  const same = (one: Template) => one.scopes.length === scopes.length && one.scopes.every((name) => scopes.includes(name));
  return templates.find((one) => one.id !== "custom" && same(one))?.id ?? "custom";
}
