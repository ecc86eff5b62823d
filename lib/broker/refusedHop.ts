import { phraseScopes } from "../connectors/scopes";
import { Refusal } from "../errors";
import { phraseBounds } from "../policy/boundWords";
import type { Denied } from "../policy/decide";
import type { Chain } from "./chain";
import type { Entry } from "./enterGateway";

/** A call that what was handed on does not open: by which rule, and from whom more could be had. No grant would do here: the work is somebody else's. */
export function refusedHop({ authority, scopes }: Entry, { hops, limits }: Chain, decision: Denied): Refusal {
  const from = hops.at(-1)?.fromAgentName ?? "";
  const { reason, sentence, rule, smallestScope, smallestResource } = decision;
  return new Refusal("not_allowed", sentenceOf(), {
    reason,
    next: `Ask ${from} to hand on more, if it has more itself and you need it.`,
    facts: {
      rule: { kind: reason, ...(rule ? { methods: rule.methods, path: rule.path } : {}) },
      ...(smallestScope ? { smallest_scope: smallestScope } : {}),
      ...(smallestResource ? { smallest_resource: smallestResource } : {}),
    },
  });

  function sentenceOf(): string {
    if (reason.startsWith("resource_")) {
      const kept = phraseBounds({ resources: limits.bounds?.resources ?? authority.bounds?.resources }).join(", ");
      return `What ${from} handed on is kept: ${kept}. This call is about something else, or does not say what it is about.`;
    }
    if (reason === "outside_grant") return `What ${from} handed on may ${phraseScopes(authority.connector, scopes)}. This call needs more.`;
    return sentence;
  }
}
