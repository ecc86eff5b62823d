import type { Use } from "../activity/use";
import { readResolution } from "../agents/resolution";
import type { Core } from "../ctx";
import { Refusal } from "../errors";
import { refuseGrant } from "../grants/refuseGrant";
import { judgeStanding, type Standing, type StandingReason } from "../grants/rules";
import { readStanding } from "../grants/standing";
import type { Pattern } from "../policy/pattern";
import { localConnector } from "../setups/client";
import { noteGrant } from "./authority";
import type { Caller } from "./caller";

/** What came of one authority in the order: `taken`, none there, or over (revoked, expired), which is told and passed over. */
export interface Tried {
  readonly pattern: Pattern;
  readonly outcome: "taken" | "none" | "over" | "blocked" | "ambiguous";
}

export interface Resolved {
  readonly grantId: string;
  readonly pattern: Pattern;
  readonly tried: readonly Tried[];
}

/** As many as a person could still choose from. */
const GRANTS_MAX = 50;

/**
 * Which grant an agent's request for a connector means, by the order that was set for it (`lib/agents/resolution.ts`; by default a person's
 * authority, and nothing else). Never falls back silently: the first authority with a live grant is taken, and what was tried is told to the
 * agent and to the row. A grant that is only blocked (its account needs its person, it is suspended or untested) stops here, since somebody
 * can mend it; one that is over is passed over. What is not in the order is never used.
 *
 * Refuses `invalid_grant` (`grant_ambiguous`, with the list; `grant_none`; or as the grant in question stands), `interaction_required`,
 * `invalid_request` for a connector that nobody knows.
 */
export async function resolveGrant(core: Core, use: Use, caller: Caller, connectorId: string): Promise<Resolved> {
  if (caller.kind !== "agent") {
    throw new Refusal("invalid_request", "A person names the grant or the own connection. Only an agent's request is resolved.", {
      reason: "subject_token_type_unknown",
    });
  }
  const connector = localConnector(core, connectorId);
  use.row.connector = connector.id;
  use.row.target = connector.name;
  const { tries } = await readResolution(core, caller.agentId, connector.id);
  const tried: Tried[] = [];
  const over: Judged[] = [];
  for (const pattern of tries) {
    const judged = await judgeAll(core, use, caller.agentId, connector.id, pattern);
    const live = judged.filter(({ reason }) => reason === null);
    const [only, another] = live;
    if (only && another) throw ambiguous(use, connector.name, pattern, live, note(use, tried, { pattern, outcome: "ambiguous" }));
    if (only) return { grantId: only.standing.grantId, pattern, tried: note(use, tried, { pattern, outcome: "taken" }) };
    const blocked = judged.find(({ reason }) => reason !== null && !OVER.has(reason));
    if (blocked) throw refuseAs(core, use, caller, blocked, note(use, tried, { pattern, outcome: "blocked" }));
    over.push(...judged);
    note(use, tried, { pattern, outcome: judged.length > 0 ? "over" : "none" });
  }
  const [last] = over;
  throw last ? refuseAs(core, use, caller, last, tried) : none(connector.name, tried);
}

/** These do not come back. */
const OVER = new Set<StandingReason>(["grant_revoked", "grant_expired", "key_ended", "connection_disconnected", "person_removed"]);

interface Judged {
  readonly standing: Standing;
  readonly reason: StandingReason | null;
}

/** The grants of one pattern, the newest first. */
async function judgeAll(core: Core, use: Use, agentId: string, connector: string, pattern: Pattern): Promise<Judged[]> {
  const where = { agentId, connector, pattern };
  const [current, ended] = await Promise.all([
    core.db.grant.findMany({ where: { ...where, revokedAt: null, expiresAt: { gt: use.row.at } }, ...NEWEST, take: GRANTS_MAX }),
    core.db.grant.findMany({
      where: { ...where, OR: [{ revokedAt: { not: null } }, { expiresAt: { lte: use.row.at } }] },
      ...NEWEST,
      take: 1,
    }),
  ]);
  const standings = await Promise.all([...current, ...ended].map(({ id }) => readStanding(core, id)));
  return standings.flatMap((standing) => (standing ? [{ standing, reason: judgeStanding(standing, use.row.at) }] : []));
}

const NEWEST = { select: { id: true }, orderBy: [{ createdAt: "desc" as const }, { id: "desc" as const }] };

/** The row knows it as soon as it is known: a refusal tells all that was tried. */
function note(use: Use, tried: Tried[], one: Tried): readonly Tried[] {
  tried.push(one);
  use.row.detail = { ...use.row.detail, tried: [...tried] };
  return [...tried];
}

function ambiguous(use: Use, name: string, pattern: Pattern, live: readonly Judged[], tried: readonly Tried[]): Refusal {
  use.row.pattern = pattern;
  const grants = live.map(({ standing: { grantId, accountName, scopes, expiresAt } }) => ({
    grant_id: grantId,
    account: accountName,
    scopes,
    expires_at: expiresAt.toISOString(),
  }));
  return new Refusal("invalid_grant", `Several grants at ${name} would do. Say which one.`, {
    reason: "grant_ambiguous",
    next: "Send the id of one of them as subject_token, with the token type of a grant.",
    facts: { pattern, tried, grants },
  });
}

function refuseAs(core: Core, use: Use, caller: Caller, { standing, reason }: Judged, tried: readonly Tried[]): Refusal {
  noteGrant(use, caller, standing);
  const { code, message, facts, fix, ...rest } = refuseGrant(core, standing, reason as StandingReason);
  return new Refusal(code, message, { ...rest, ...(fix ? { fix } : {}), facts: { ...facts, pattern: standing.pattern, tried } });
}

function none(name: string, tried: readonly Tried[]): Refusal {
  const names = tried.map(({ pattern }) => WORDS[pattern]).join(", then ");
  return new Refusal("invalid_grant", `Nothing at ${name} is lent to this agent. Looked for: ${names}.`, {
    reason: "grant_none",
    next: "Ask a person for a grant, or the agent's owner to list another authority for it.",
    facts: { tried },
  });
}

const WORDS: Record<Pattern, string> = {
  delegated: "a person's authority",
  own: "its own authority",
  shared_key: "a shared key",
};
