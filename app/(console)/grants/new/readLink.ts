import type { TemplateId } from "@/lib/policy/templates";
import { LIFETIMES, type Search } from "./draft";

interface Known {
  /** Of the account that was chosen. */
  readonly scopes: readonly string[];
  readonly connectorName: string;
  readonly templates: readonly TemplateId[];
  readonly agentIds: readonly string[];
  /** False: the account or the agent fell back to another, so what was asked about it does not count. */
  readonly connectionFound: boolean;
}

/** What a link asked for that cannot be had, a sentence each. All of it is left out; nothing is lent instead. Pure. */
export function whatWasDropped(search: Search, known: Known): string[] {
  const scopes = [search.scopes ?? []].flat();
  const foreign = known.connectionFound ? scopes.filter((name) => !known.scopes.includes(name)).length : 0;
  const odd = (value: Search[keyof Search], allowed: readonly string[]) =>
    value !== undefined && (typeof value !== "string" || !allowed.includes(value));
  return [
    ...(odd(search.agent, ["", ...known.agentIds]) ? ["It names an agent that you cannot lend to. Choose one below."] : []),
    ...(foreign > 0 ? [`${asked(foreign)} that this account does not have at ${known.connectorName}. Left out.`] : []),
    ...(known.connectionFound && odd(search.template, known.templates)
      ? [`It asks for a template that there is none of at ${known.connectorName}.`]
      : []),
    ...(odd(
      search.lifetime,
      LIFETIMES.map(([value]) => value),
    )
      ? ["It asks for a lifetime that is not offered. Look at how long below."]
      : []),
    ...(odd(search.delivery, ["direct", "gateway"]) ? ["It asks for a delivery that does not exist."] : []),
    ...(odd(search.consent, ["separate"]) ? ["It asks for a consent that does not exist."] : []),
    ...(odd(search.pattern, ["own"]) ? ["It asks for an authority that does not exist."] : []),
  ];
}

function asked(count: number): string {
  return count === 1 ? "It asks for 1 permission" : `It asks for ${count} permissions`;
}
