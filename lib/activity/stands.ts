/**
 * An agent stands by its owner, or by its second owner when the owner does not: joins, after `agents a`, the one it stands by, as `o`,
 * and holds that row. Who is suspended meanwhile is passed over for the other; a change of owners is seen by the condition outside, for which the
 * gate has to hold `a` too.
 */
const ownerStands = (locked: Locked) => `join lateral (
    select s.id from people s where s.id in (a.owner_id, a.second_owner_id) and s.status = 'active'
    order by (s.id = a.owner_id) desc limit 1 for share ${locked}) o on o.id in (a.owner_id, a.second_owner_id)`;

/** What a gate does with a row that somebody is changing: waits for what comes of it, or passes it over as if it were not there. */
export type Locked = "" | "skip locked";

/** For a gate: an agent in good standing, as SQL over `agents a`: it is active, and so is who answers for it. Every gate asks by this one text. */
export const agentStands = (locked: Locked) => ({ join: ownerStands(locked), where: "a.status = 'active'", locks: "a" }) as const;
export const AGENT_STANDS = agentStands("");

/** The same for a reading, which decides nothing by itself and holds nothing. */
export const AGENT_IN_STANDING = `(a.status = 'active'
  and exists (select from people s where s.id in (a.owner_id, a.second_owner_id) and s.status = 'active'))`;

/** For a reading, after `agents a` and its owner as `people o`: the status of the owner that the agent stands by. */
export const OWNER_STATUS = `coalesce((select s.status from people s where s.id = a.second_owner_id and s.status = 'active'), o.status)`;

/**
 * A grant in good standing at `at`, as SQL over `grants g`, the `people p` who lent it and its `connections c`. The gates ask by this text, and so does
 * every reading that says what would be admitted.
 */
export const grantStands = (at: string) => `g.revoked_at is null and g.suspended_at is null and g.expires_at > ${at}
  and (c.key_ends_at is null or c.key_ends_at > ${at}) and p.status = 'active' and c.status = 'active'`;

/** Nobody paused what the person lends. An account that is lent as the platform's is not spent on theirs. For agents alone: their own hand goes on. */
export const LENDING_GOES_ON = "(p.lending_paused_at is null or g.pattern = 'own')";
