/**
 * An agent in good standing, as SQL over `agents a`: it is active, and so is who answers for it. Every gate and every reading asks
 * by this one text.
 */
export const AGENT_STANDS = {
  join: "join people o on o.id = a.owner_id",
  where: "a.status = 'active' and o.status = 'active'",
  /** What a gate locks of it. */
  locks: "a, o",
} as const;
