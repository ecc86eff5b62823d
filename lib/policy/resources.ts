import type { ResourceKind } from "../connectors/beyondScopes";
import type { Connector, ConnectorScope } from "../connectors/connector";
import type { Bounds } from "./bounds";
import type { Call } from "./call";
import { isAmong, namedBy } from "./named";
import type { Indexed } from "./ruleIndex";

/** Why a call that the scopes open is outside the resources a grant is kept to. */
export interface BoundsDenial {
  readonly reason: "resource_not_lent" | "resource_unnamed" | "resource_unclear" | "resource_beyond";
  readonly sentence: string;
  /** As `kind:name`: what a grant would have to be about to open it. */
  readonly smallestResource?: string;
  readonly smallestScope?: string;
}

/** What a call is about, of one kind. */
export interface About {
  readonly kind: string;
  readonly names: readonly string[];
}

interface Judged {
  readonly denied?: BoundsDenial;
  readonly about: readonly About[];
}

/** A refusal, and the row of a call that is not kept to any, names this many of them. */
const SHOWN_MAX = 5;

/**
 * Whether a call that was opened is about what the grant is kept to. A call that any governed scope would open, lent or not,
 * has to name one that is allowed and nothing else; only a scope about something else is free of the bound.
 *
 * @param opened the scope that opened it.
 * @param opening every rule of the connector that would.
 */
export function judgeResources(
  connector: Connector,
  bounds: Bounds | null,
  call: Call,
  opened: ConnectorScope,
  opening: readonly Indexed[],
): Judged {
  const about: About[] = [];
  for (const [id, allowed] of Object.entries(bounds?.resources ?? {})) {
    const kind = connector.resources?.find((one) => one.id === id);
    if (!kind) return { denied: unknownKind(connector), about };
    const governed = opening.some(({ scope }) => kind.governs.includes(scope.name));
    if (!governed && kind.apart?.includes(opened.name)) continue;
    const { names, unclear, beyond } = namedBy(kind, call);
    const denied = judgeNames(kind, allowed, { names, unclear, beyond }, opened);
    if (denied) return { denied, about };
    about.push({ kind: id, names });
  }
  return { about: [...about, ...otherwiseAbout(connector, bounds, call, opened)] };
}

/** What the call names although nothing keeps it to that: for the row, so that a grant can be kept to what it used. */
function otherwiseAbout({ resources = [] }: Connector, bounds: Bounds | null, call: Call, opened: ConnectorScope): About[] {
  const free = resources.filter(({ id, governs }) => bounds?.resources?.[id] === undefined && governs.includes(opened.name));
  return free.flatMap((kind) => {
    const { names, unclear } = namedBy(kind, call);
    return unclear || names.length === 0 ? [] : [{ kind: kind.id, names: names.slice(0, SHOWN_MAX) }];
  });
}

function judgeNames(
  kind: ResourceKind,
  allowed: readonly string[],
  { names, unclear, beyond }: ReturnType<typeof namedBy>,
  opened: ConnectorScope,
): BoundsDenial | undefined {
  const only = `This grant is for ${kind.id} ${listOf(allowed)} alone.`;
  if (unclear) return { reason: "resource_unclear", sentence: `${only} Valet could not tell for sure what this call is about.` };
  const other = names.find((name) => !isAmong(kind, name, allowed));
  if (other !== undefined) {
    const sentence = `${only} This call is about something else.`;
    return { reason: "resource_not_lent", sentence, smallestResource: `${kind.id}:${other}`, smallestScope: opened.name };
  }
  if (names.length === 0)
    return { reason: "resource_unnamed", sentence: `${only} This call names none of them, so it could reach others.` };
  if (beyond) return { reason: "resource_beyond", sentence: `${only} This call names one of them and reaches further.` };
  return undefined;
}

function unknownKind({ name }: Connector): BoundsDenial {
  return { reason: "resource_unclear", sentence: `This grant is kept to something at ${name} that Valet no longer knows how to hold.` };
}

/** The first by name, the rest by number: "acme/site, acme/docs and 3 more". */
export function listOf(names: readonly string[], shownMax: number = SHOWN_MAX): string {
  const shown = names.slice(0, shownMax);
  const more = names.length - shown.length;
  const words = more > 0 ? [...shown, `${more} more`] : shown;
  return words.length < 2 ? (words[0] ?? "nothing") : `${words.slice(0, -1).join(", ")} and ${words.at(-1)}`;
}

/** As `kind:name`, the way a link and a row spell them. */
export function resourceNames(about: readonly About[]): string[] {
  return about.flatMap(({ kind, names }) => names.map((name) => `${kind}:${name}`));
}
