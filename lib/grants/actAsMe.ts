import { AGENT_IN_STANDING, grantStands, LENDING_GOES_ON } from "../activity/stands";
import type { Access } from "../connectors/connector";
import { findConnector } from "../connectors/registry";
import type { PersonCtx } from "../ctx";
import { preparedRead } from "../db";
import { type GrantView, viewGrants } from "./list";

/** A grant by which somebody can act as the reader right now: as much of it as counting and naming needs. */
export interface LiveGrant {
  readonly id: string;
  readonly agentId: string;
  readonly connectorName: string;
  readonly access: Access;
}

export interface ActAsMe {
  /** Every grant that gives something right now, the newest first. */
  readonly live: readonly LiveGrant[];
  /** Those of the first `AGENTS_SHOWN` agents, whole. */
  readonly shown: readonly GrantView[];
  /**
   * What needs somebody's hand: grants that a self-test shut or that wait for one, of agents that are stopped, whose own consent at the SaaS is broken,
   * and those that end within the hour. The first `WAITING_SHOWN`.
   */
  readonly waiting: readonly GrantView[];
  /** How many there are of these. */
  readonly waits: number;
  /** What has happened so far. */
  readonly ever: Ever;
}

export interface Ever {
  /** Grants: none, one, or 2 for more. */
  readonly lent: number;
  readonly used: boolean;
  readonly revoked: boolean;
}

/** More than anybody looks through on one page: the rest is on Grants. */
export const AGENTS_SHOWN = 24;
export const WAITING_SHOWN = 10;
const SOON_MILLISECONDS = 60 * 60 * 1000;

/** What is not over, whether the gate would admit it, and whether something of its own stops it: a broken account or a pause of everything is told once, and not here. */
const OPEN = `select g.id, g.agent_id as "agentId", g.connector, g.access, g.expires_at as "expiresAt",
    (${grantStands("$1")} and ${LENDING_GOES_ON} and ${AGENT_IN_STANDING}) as live,
    (g.suspended_at is not null or not ${AGENT_IN_STANDING} or (c.parent_id is not null and c.status = 'needs_reconnect')) as stopped
  from grants g join agents a on a.id = g.agent_id join people p on p.id = g.person_id join connections c on c.id = g.connection_id
  where g.person_id = $2 and g.revoked_at is null and g.expires_at > $1
    and c.status <> 'disconnected' and (c.key_ends_at is null or c.key_ends_at > $1)
  order by g.created_at desc, g.id desc`;

const EVER = `select (select count(*) from (select from grants where person_id = $1 limit 2) g)::int as lent,
  exists (select from grants where person_id = $1 and revoked_at is not null) as revoked,
  exists (select from activity u join grants g on g.id = u.grant_id
    where g.person_id = $1 and u.kind = 'use' and u.decision = 'allowed') as used`;

type Open = Omit<LiveGrant, "connectorName"> & {
  readonly connector: string;
  readonly expiresAt: Date;
  readonly live: boolean;
  readonly stopped: boolean;
};

/** Which agents can act as the reader right now, by which grants, and what of that waits for the reader. Their own alone, whatever their role. */
export async function readActAsMe(ctx: PersonCtx): Promise<ActAsMe> {
  const now = ctx.clock.now();
  const { personId } = ctx.actor;
  const [open, [ever]] = await Promise.all([
    preparedRead<Open>(ctx.db, "act_as_me", OPEN, [now, personId]),
    preparedRead<Ever & Record<string, unknown>>(ctx.db, "act_as_me_ever", EVER, [personId]),
  ]);
  const live = open.filter((grant) => grant.live);
  const agents = new Set([...new Set(live.map(({ agentId }) => agentId))].slice(0, AGENTS_SHOWN));
  const shown = live.filter(({ agentId }) => agents.has(agentId)).map(({ id }) => id);
  const soon = now.getTime() + SOON_MILLISECONDS;
  const waits = open.filter((grant) => grant.stopped || (grant.live && grant.expiresAt.getTime() < soon)).map(({ id }) => id);
  const waiting = waits.slice(0, WAITING_SHOWN);
  const views = await viewGrants(ctx, { id: { in: [...new Set([...shown, ...waiting])] } });
  const byId = new Map(views.map((view) => [view.id, view]));
  const viewsOf = (ids: readonly string[]) => ids.flatMap((id) => byId.get(id) ?? []);
  return {
    live: live.map(({ id, agentId, connector, access }) => ({
      ...{ id, agentId, access },
      connectorName: findConnector(connector)?.name ?? connector,
    })),
    shown: viewsOf(shown),
    waiting: viewsOf(waiting),
    waits: waits.length,
    ever: ever ?? { lent: 0, used: false, revoked: false },
  };
}
