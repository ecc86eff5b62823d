import { z } from "zod";
import type { PersonCtx } from "../ctx";
import { freshRead } from "../db";
import { notFound } from "../errors";
import { requireRole } from "../people/rules";
import { LIVE_GRANTS } from "./liveGrants";

const id = z.string().max(60).optional();
/** At most one: a grant, an agent or a person. None: everything. */
export const stopTarget = z.strictObject({ grantId: id, agentId: id, personId: id });
export type StopTarget = z.input<typeof stopTarget>;

/** What a stop would stop, at the height asked for. */
export interface WhatStops {
  /** Of the grant's agent, the agent or the person. Null: everything. */
  readonly name: string | null;
  /** Whether it is stopped already. */
  readonly stopped: boolean;
  /** Agents that can act now, and would not. */
  readonly agents: number;
  readonly grants: number;
  /** Whose authority those grants spend. */
  readonly people: number;
  /** Tokens of a SaaS's own that agents have in hand, and the end of the last. */
  readonly tokens: number;
  readonly tokensEndAt: Date | null;
  /** Uses allowed in the last hour. */
  readonly uses: number;
  /** Agents that an earlier stop of everything keeps paused. */
  readonly keptStopped: number;
}

/** Admins and auditors only. Refuses `not_found` for what is not there. */
export async function whatStops(ctx: PersonCtx, input: StopTarget = {}): Promise<WhatStops> {
  requireRole(ctx.actor, "admin", "auditor");
  const { grantId = null, agentId = null, personId = null } = stopTarget.parse(input);
  const values = [ctx.clock.now(), grantId, agentId, personId];
  const [[named], [counts]] = await Promise.all([
    freshRead<Pick<WhatStops, "name" | "stopped">>(ctx.db, NAMED, values.slice(1)),
    freshRead<Omit<WhatStops, "name" | "stopped">>(ctx.db, COUNTS, values),
  ]);
  if (!named) throw notFound(grantId ? "grant" : agentId ? "agent" : "person");
  return { ...named, ...(counts as Omit<WhatStops, "name" | "stopped">) };
}

const NAMED = `select a.name, (g.revoked_at is not null) as stopped from grants g join agents a on a.id = g.agent_id where g.id = $1
  union all select name, status = 'paused' from agents where id = $2
  union all select name, lending_paused_at is not null from people where id = $3
  union all select null, false where $1::text is null and $2::text is null and $3::text is null`;

/** A person's own accounts that were lent as the platform's go on: they are not lent on the person's authority. */
const CHOSEN = `($2::text is null or g.id = $2) and ($3::text is null or g.agent_id = $3)
  and ($4::text is null or (g.person_id = $4 and g.pattern <> 'own'))`;

const COUNTS = `with live as (select g.id, g.agent_id, g.person_id ${LIVE_GRANTS} and ${CHOSEN})
  select (select count(distinct agent_id) from live)::int as agents, (select count(*) from live)::int as grants,
    (select count(distinct person_id) from live)::int as people, t.tokens, t.ends as "tokensEndAt",
    (select count(*) from activity u join grants g on g.id = u.grant_id where u.kind = 'use' and u.decision = 'allowed'
      and u.at > $1 - interval '1 hour' and u.at <= $1 and ${CHOSEN})::int as uses,
    (select count(*) from agents where stop_id is not null)::int as "keptStopped"
  from (select count(*)::int as tokens, max(l.expires_at) as ends from lent_tokens l join grants g on g.id = l.grant_id
    where l.handed_at is not null and l.ended_at is null and l.expires_at > $1 and ${CHOSEN}) t`;
