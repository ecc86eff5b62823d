import { z } from "zod";
import type { ResourceKind } from "../connectors/beyondScopes";
import type { Connector } from "../connectors/connector";
import { findScope, withContained } from "../connectors/scopes";
import { Refusal } from "../errors";
import { isAmong, kindsFor, sameKey } from "./named";

export const RESOURCES_MAX = 50;
export const CALLS_PER_HOUR_MAX = 100_000;
export const WRITES_PER_RUN_MAX = 10_000;

function whole(min: number, max: number, what: string) {
  const error = `Write the most ${what} as a whole number from ${min} to ${max}.`;
  return z.number({ error }).int({ error }).min(min, { error }).max(max, { error });
}

const NONE = { error: "Choose at least one, or let it be all of them." };
const TOO_MANY = { error: `A grant can be kept to ${RESOURCES_MAX} of a kind at most.` };

/** What narrows a grant beyond its scopes. All of it is held by the gateway, so a bounded grant is never delivered directly. */
export const boundsInput = z.strictObject({
  /** By kind of the connector: `{"repository": ["acme/site"]}`. A call that names none of them is refused. */
  resources: z.record(z.string().max(40), z.array(z.string().min(1, NONE).max(200)).min(1, NONE).max(RESOURCES_MAX, TOO_MANY)).optional(),
  /** Calls through the gateway in any hour. */
  callsPerHour: whole(1, CALLS_PER_HOUR_MAX, "calls in an hour").optional(),
  /** Calls that write, in one run. A call that names no run counts as one of a run without a name. */
  writesPerRun: whole(0, WRITES_PER_RUN_MAX, "changes in a run").optional(),
});
export type Bounds = z.output<typeof boundsInput>;

/**
 * Bounds as they are kept with a grant: known kinds, well-spelt names, each once; null when nothing is bounded.
 *
 * @throws Refusal `invalid_request` (`resource_kind_unknown`, `resource_name`, `resource_without_scope`), or `invalid_scope`
 * (`scope_not_enforceable`) for a scope whose calls do not say what they are about.
 */
export function checkBounds(connector: Connector, scopes: readonly string[], asked: Bounds | undefined): Bounds | null {
  const entries = Object.entries(asked?.resources ?? {}).map(([id, names]) => [id, checkNames(connector, id, names)] as const);
  for (const [id] of entries) refuseUngoverned(connector, findKind(connector, id), scopes);
  const { callsPerHour, writesPerRun } = asked ?? {};
  const bounds: Bounds = {
    ...(entries.length > 0 ? { resources: Object.fromEntries(entries) } : {}),
    ...(callsPerHour === undefined ? {} : { callsPerHour }),
    ...(writesPerRun === undefined ? {} : { writesPerRun }),
  };
  return Object.keys(bounds).length > 0 ? bounds : null;
}

function findKind(connector: Connector, id: string): ResourceKind {
  const kind = connector.resources?.find((one) => one.id === id);
  if (kind) return kind;
  const known = (connector.resources ?? []).map((one) => one.id);
  const fix = known.length > 0 ? `Bounds here are by ${known.join(" or ")}.` : "Leave the bound out, and lend fewer permissions.";
  throw wrong(
    "resources",
    "resource_kind_unknown",
    `Valet cannot keep an agent to single things of this kind at ${connector.name}. ${fix}`,
  );
}

function checkNames(connector: Connector, id: string, names: readonly string[]): string[] {
  const kind = findKind(connector, id);
  const position = names.findIndex((name) => !kind.pattern.test(name)) + 1;
  if (position > 0) throw wrong(`resources.${id}`, "resource_name", `Number ${position} is not written as ${kind.example}. Write it so.`);
  const first = new Map(names.map((name) => [sameKey(kind, name), name]));
  return [...first.values()];
}

function refuseUngoverned(connector: Connector, kind: ResourceKind, scopes: readonly string[]): void {
  const within = withContained(connector, scopes);
  const other = within.find((name) => !kind.governs.includes(name) && !kind.apart?.includes(name));
  if (other !== undefined) {
    const label = findScope(connector, other)?.label ?? other;
    throw new Refusal("invalid_scope", `"${label}" cannot be kept to this: its calls do not say which ${kind.id} they are about.`, {
      reason: "scope_not_enforceable",
      next: "Leave that permission out, or leave the bound out.",
      fields: { [`bounds.resources.${kind.id}`]: `Leave out "${label}", or this bound.` },
    });
  }
  if (kindsFor({ resources: [kind] }, within).length === 0)
    throw wrong(`resources.${kind.id}`, "resource_without_scope", `None of these permissions is about a ${kind.id}. Leave the bound out.`);
}

/** Those of the scopes whose calls say which of these kinds they are about, so that they can be kept to single ones. Pure. */
export function boundableScopes(connector: Connector, scopes: readonly string[], kindIds: readonly string[]): string[] {
  const kinds = (connector.resources ?? []).filter(({ id }) => kindIds.includes(id));
  const governed = (name: string) => kinds.every(({ governs, apart }) => governs.includes(name) || apart?.includes(name));
  return scopes.filter((scope) => withContained(connector, [scope]).every(governed));
}

function wrong(field: string, reason: string, message: string): Refusal {
  return new Refusal("invalid_request", message, { reason, fields: { [`bounds.${field}`]: message } });
}

/** Whether one set of bounds allows nothing that the other does not. Null bounds nothing. Pure. */
export function boundsWithin(connector: Connector, inner: Bounds | null, outer: Bounds | null): boolean {
  const tighter = (name: "callsPerHour" | "writesPerRun") =>
    (inner?.[name] ?? Number.POSITIVE_INFINITY) <= (outer?.[name] ?? Number.POSITIVE_INFINITY);
  const kept = Object.entries(outer?.resources ?? {}).every(([id, allowed]) => {
    const kind = connector.resources?.find((one) => one.id === id);
    const names = inner?.resources?.[id];
    return kind !== undefined && (names?.every((name) => isAmong(kind, name, allowed)) ?? false);
  });
  return kept && tighter("callsPerHour") && tighter("writesPerRun");
}

/** What was kept with a grant, read strictly: what cannot be read bounds everything, so it is thrown and not passed over. */
export function readBounds(kept: unknown): Bounds | null {
  return kept === null || kept === undefined ? null : boundsInput.parse(kept);
}

/** The repositories that bounds name, as `owner/name`, for a SaaS that can hold a token to them; null when there is no such bound. */
export function boundRepositories(bounds: Bounds | null): readonly string[] | null {
  return bounds?.resources?.repository ?? null;
}

/**
 * Whether the SaaS itself keeps a token to all of these: only repositories, at GitHub's installations, whose token names in its
 * answer what it is for. Whatever else there is, only the gateway holds.
 */
export function heldBySaas({ tokens }: Pick<Connector, "tokens">, bounds: Bounds | null): boolean {
  if (bounds === null) return true;
  const kinds = Object.keys(bounds.resources ?? {});
  const limited = bounds.callsPerHour !== undefined || bounds.writesPerRun !== undefined;
  return tokens.narrowing.how === "github_installation" && !limited && kinds.length === 1 && kinds[0] === "repository";
}
