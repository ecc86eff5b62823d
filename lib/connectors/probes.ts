/**
 * A harmless call that shows whether a grant is held to what it should be. Reads must pass; writes are aimed at what cannot
 * exist, so that even an answer of yes changes nothing. A write that could have an effect is judged by the gateway alone.
 */
export interface Probe {
  /** "Delete an issue" */
  readonly label: string;
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  readonly path: string;
  readonly json?: unknown;
  /** The scope that opens it. */
  readonly scope: string;
  /** `sent`: safe to send to the SaaS. `decided`: only asked of the gateway's rules. */
  readonly reach: "sent" | "decided";
  /** With `sent`: the SaaS refuses for certain whoever lacks the scope, so an answer of yes shows that something is open. */
  readonly guarded?: boolean;
}

/**
 * Ids that no SaaS gives to anything. A `DELETE` aimed at one has nothing to delete and, unlike `PUT` and `PATCH`
 * (RFC 5789 section 2), cannot create it: the one write that is sent. Use a number only where ids are counted from 1.
 */
export const NO_SUCH_ID = { number: "0", uuid: "00000000-0000-0000-0000-000000000000" } as const;

type Method = Probe["method"];

/** A read that every account with this permission can make, whatever it holds. It is sent. */
export function mustRead(scope: string, label: string, path: string): Probe {
  return { label, method: "GET", path, scope, reach: "sent" };
}

/** A read by POST, of a kind that `readsByPost` or its GraphQL document tells to have no effect. It is sent. */
export function mustReadByPost(scope: string, label: string, path: string, json: unknown): Probe {
  return { label, method: "POST", path, json, scope, reach: "sent" };
}

/** The same where the SaaS refuses for certain whoever lacks the permission: then it is also sent where it was not lent. */
export function guarded(probe: Probe): Probe {
  return { ...probe, guarded: true };
}

/** A deletion of what cannot exist. It is sent where it was not lent and the SaaS itself holds the grant. */
export function deletesNothing(scope: string, label: string, place: string, kind: keyof typeof NO_SUCH_ID): Probe {
  return { label, method: "DELETE", path: `${place}/${NO_SUCH_ID[kind]}`, scope, reach: "sent", guarded: true };
}

/** A call that could have an effect: only asked of the gateway's rules. */
export function judged(scope: string, label: string, method: Method, path: string): Probe {
  return { label, method, path, scope, reach: "decided" };
}

/** The same in GraphQL: its document is read as the gateway reads it. */
export function judgedGraphql(scope: string, label: string, path: string, query: string): Probe {
  return { label, method: "POST", path, json: { query }, scope, reach: "decided" };
}
