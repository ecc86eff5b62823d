import type { Connector } from "../connectors/connector";
import { connectors } from "../connectors/registry";
import type { Core } from "../ctx";
import { freshRead } from "../db";
import { isRefusal } from "../errors";
import { places } from "./places";
import { accountAccess, FRESH_SECONDS } from "./refresh";

/** How much of an access token's life passes before it is renewed early, at least; a tenth of its life more, by the connection's id. */
const LIFE_PASSED = 0.8;
const JITTER = 0.1;
/** Only what an agent used within this is renewed before somebody asks. */
const LATELY_HOURS = 24;
/** In one turn, of one SaaS, and of them at the same time. */
const PER_SAAS_MAX = 25;
const AT_ONCE_PER_SAAS = 2;

export interface RefreshedDue {
  readonly renewed: number;
  readonly failed: number;
  /** Left for the next turn: their SaaS did not answer. */
  readonly left: number;
}

export interface RefreshDue {
  readonly of?: readonly Connector[];
  readonly stopping?: AbortSignal;
}

interface Due {
  readonly id: string;
  readonly connector: string;
  readonly sealedAccess: string | null;
}

/**
 * Renews access before it ends, where it was used lately, so that no agent waits for it; and spends a refresh token that its SaaS would let
 * end unused. Where a refresh ends the access token before it, which an agent may hold, it waits for the last minute. Each in its own
 * turn, few at a time, and no more of a SaaS that does not answer.
 *
 * Runs in the refresher of each host, or in the one process that does all; without a caller: its rows say system. Over all hosts each access is
 * renewed once.
 *
 * @param stopping takes up no more once it says so; what is under way ends.
 */
export async function refreshDue(core: Core, { of = connectors, stopping }: RefreshDue = {}): Promise<RefreshedDue> {
  const bySaas = new Map<string, Due[]>();
  for (const one of await findDue(core, of)) bySaas.set(one.connector, [...(bySaas.get(one.connector) ?? []), one]);
  const done = await Promise.all([...bySaas.values()].map((due) => renewAll(core, due, stopping)));
  return done.reduce(sum, { renewed: 0, failed: 0, left: 0 });
}

async function renewAll(core: Core, due: readonly Due[], stopping?: AbortSignal): Promise<RefreshedDue> {
  const waiting = [...due];
  const result = { renewed: 0, failed: 0, away: false };
  const work = async () => {
    for (let one = waiting.shift(); one && !result.away && !stopping?.aborted; one = waiting.shift()) {
      const how = await renew(core, one);
      if (how === "renewed") result.renewed += 1;
      else result.failed += 1;
      if (how === "away") result.away = true;
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE_PER_SAAS }, work));
  return { renewed: result.renewed, failed: result.failed, left: due.length - result.renewed - result.failed };
}

/** Whoever renewed it meanwhile has done it: what is stored then is not the token that counts as stale here. */
async function renew(core: Core, { id, sealedAccess }: Due): Promise<"renewed" | "failed" | "away"> {
  const stale = sealedAccess ? core.vault.open("passing", places.access(id), sealedAccess) : undefined;
  try {
    await accountAccess(core, id, { rejected: stale });
    return "renewed";
  } catch (error) {
    if (!isRefusal(error)) throw error;
    return AWAY.has(error.reason) ? "away" : "failed";
  }
}

const AWAY = new Set(["provider_resting", "provider_unreachable", "provider_timed_out", "provider_certificate"]);

function sum(one: RefreshedDue, other: RefreshedDue): RefreshedDue {
  return { renewed: one.renewed + other.renewed, failed: one.failed + other.failed, left: one.left + other.left };
}

/** Between 0 and 1, the same for a connection each time. */
const STABLE = "((hashtext(c.id) & 1023) / 1024.0)";
const SINCE = "coalesce(c.refreshed_at, c.connected_at)";
/** Early by its share of its life; late where the refresh would end a token that somebody holds. */
const EARLY = `case when k.kills then c.access_expires_at - interval '${FRESH_SECONDS} seconds'
  else ${SINCE} + (c.access_expires_at - ${SINCE}) * (${LIFE_PASSED} + ${JITTER} * ${STABLE}) end`;
const IDLE = `${SINCE} + make_interval(days => k.idle_days) * (${LIFE_PASSED} - ${JITTER} * ${STABLE})`;

/** One that is in trouble is tried once an hour, at a minute of its own: its next use tries as well. */
const DUE = `select id, connector, sealed_access as "sealedAccess" from (
  select c.id, c.connector, c.sealed_access, least(early.at, idle.at) as due_at,
    row_number() over (partition by c.connector order by least(early.at, idle.at), c.id) as place
  from connections c
  join people p on p.id = c.person_id and p.status = 'active'
  join unnest($2::text[], $3::boolean[], $4::int[]) k(connector, kills, idle_days) on k.connector = c.connector
  left join lateral (select ${EARLY} as at where c.access_expires_at is not null and exists (
    select from activity u where u.connection_id = c.id and u.kind = 'use' and u.decision = 'allowed'
      and u.at > $1::timestamptz - interval '${LATELY_HOURS} hours' and u.at <= $1)) early on early.at <= $1
  left join lateral (select ${IDLE} as at where k.idle_days > 0) idle on idle.at <= $1
  where c.status = 'active' and c.sealed_refresh is not null and c.key_ends_at is null
    and (early.at is not null or idle.at is not null)
    and (c.status_note is null or extract(minute from $1::timestamptz) = (hashtext(c.id) & 1023) % 60)
) due where place <= ${PER_SAAS_MAX} order by due_at, id`;

function findDue(core: Core, of: readonly Connector[]): Promise<Due[]> {
  const renewable = of.filter(({ tokens }) => tokens.refresh === "rotating" || tokens.refresh === "stable");
  const column = <T>(read: (one: Connector) => T) => renewable.map(read);
  return freshRead<Due>(core.db, DUE, [
    core.clock.now(),
    column(({ id }) => id),
    column(({ tokens }) => tokens.refreshKillsAccess),
    column(({ tokens }) => tokens.refreshIdleDays ?? 0),
  ]);
}
