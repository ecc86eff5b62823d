import type { Use } from "../activity/use";
import { registrationOf } from "../connections/separate";
import { ownLiveConnection } from "../connections/standing";
import { withinCeiling } from "../connectors/ceiling";
import type { Connector } from "../connectors/connector";
import { reachOf } from "../connectors/pastedKey";
import { heldScopes } from "../connectors/scopes";
import type { Core } from "../ctx";
import { Refusal } from "../errors";
import { refuseGrant } from "../grants/refuseGrant";
import { judgeStanding, refuseStanding, type Standing } from "../grants/rules";
import { readStanding, whyNotAdmitted } from "../grants/standing";
import { type Bounds, boundRepositories, readBounds } from "../policy/bounds";
import { type Pattern, readPattern } from "../policy/pattern";
import type { Recall } from "../recall";
import { accountConnector, type Registration, readAllowed } from "../setups/client";
import { workedOut } from "../workedOut";
import type { Caller } from "./caller";
import type { Chain } from "./chain";
import type { Tried } from "./resolve";

/** Whose authority is spent, by whom, and how much of it there is. Read now, judged again when the ledger admits the use. */
export interface Authority {
  readonly connector: Connector;
  readonly grantId: string | null;
  /** `self`: a person in their own name. With `own` the person below only answers for the account, and stands in no chain. */
  readonly pattern: Pattern | "self";
  /** Set where the agent named a connector and Valet chose the grant. */
  readonly tried?: readonly Tried[];
  /** When the shared key ends that it rests on; null where it is none. */
  readonly keyEndsAt: Date | null;
  readonly personId: string;
  readonly personName: string;
  readonly connectionId: string;
  readonly accountName: string;
  /** Which of our clients at the SaaS the connection was made with. */
  readonly registration: Registration;
  /** The account's own connection, which a person can lend from. */
  readonly accountConnectionId: string;
  /** Everything that may be given: within the grant, within what the connection still holds, and within the admin's ceiling. */
  readonly scopes: readonly string[];
  /** What the SaaS granted to the connection, in its own words. */
  readonly granted: readonly string[];
  readonly delivery: "direct" | "gateway";
  readonly narrowedBy: "provider" | "consent" | "gateway";
  /** `owner/name` of the repositories it is bounded to, for a SaaS that can hold a token to them. Null: not bounded so. */
  readonly repositories: readonly string[] | null;
  /** What narrows it beyond its scopes; null when nothing does. */
  readonly bounds: Bounds | null;
  /** Null: a person on their own connection, which has no end of its own. */
  readonly expiresAt: Date | null;
  /** What it came by, where it was handed on. */
  readonly chain?: Chain;
  /** The record that all of this but the chain was read from: what follows from it alone is `workedOut` once. */
  readonly readFrom: object;
  /** Asked when the ledger does not admit the use. */
  readonly whyNot: () => Promise<Refusal>;
}

const NO_GRANT = "There is no such grant for you. See what you may do at /api/v1/agent/access.";

/** The authority of a live grant. Each fact goes into the row as soon as it is known, so that a refusal tells all of it. */
export async function grantAuthority(core: Core, use: Use, caller: Caller, grantId: string, recall?: Recall): Promise<Authority> {
  const standing = await readStanding(core, grantId, recall);
  const theirs = standing && (caller.kind === "agent" ? standing.agentId === caller.agentId : standing.personId === caller.personId);
  if (!standing || !theirs) throw new Refusal("invalid_grant", NO_GRANT, { reason: "grant_unknown" });
  noteGrant(use, caller, standing);
  const reason = judgeStanding(standing, use.row.at);
  if (reason && !(caller.kind === "person" && isAboutAgent(reason))) throw refuseGrant(core, standing, reason);
  return standingAuthority(core, standing);
}

/** What a grant can give as its connection is now. Whether it may is judged by the caller, and by the ledger. */
export function standingAuthority(core: Core, standing: Standing): Authority {
  return { ...workedOut(standing, "authority", () => given(core, standing)), whyNot: () => whyNotAdmitted(core, standing.grantId) };
}

function given(core: Core, standing: Standing): Omit<Authority, "whyNot"> {
  const connector = accountConnector(core, standing);
  const held = withinCeiling(connector, standing.ceiling, heldScopes(connector, standing.providerScopes));
  const scopes = standing.scopes.filter((scope) => held.includes(scope));
  return {
    ...standing,
    readFrom: standing,
    pattern: readPattern(standing.pattern),
    bounds: readBounds(standing.bounds),
    connector,
    registration: registrationOf(standing),
    scopes,
    granted: reachOf(connector, standing),
    repositories: boundRepositories(readBounds(standing.bounds)),
  };
}

/** The authority of a person over their own account: all that it holds, through the gateway. */
export async function ownAuthority(
  core: Core,
  use: Use,
  caller: Caller,
  connectorId: string | null,
  connectionId: string | null,
): Promise<Authority> {
  if (caller.kind !== "person") throw new Refusal("invalid_grant", NO_GRANT, { reason: "grant_unknown" });
  const connection = await ownLiveConnection(core, caller.personId, connectorId, connectionId);
  const connector = accountConnector(core, connection);
  const { ceiling } = await readAllowed(core, connector.id);
  Object.assign(use.row, { connectionId: connection.id, connector: connector.id, ownerId: caller.personId, pattern: "self" });
  return {
    readFrom: connection,
    connector,
    grantId: null,
    pattern: "self",
    keyEndsAt: connection.keyEndsAt,
    personId: caller.personId,
    personName: caller.name,
    connectionId: connection.id,
    accountName: connection.accountName,
    registration: registrationOf(connection),
    accountConnectionId: connection.id,
    scopes: withinCeiling(connector, ceiling, heldScopes(connector, connection.providerScopes)),
    granted: connection.providerScopes,
    delivery: "gateway",
    narrowedBy: "gateway",
    repositories: null,
    bounds: null,
    expiresAt: null,
    whyNot: () => whyNotOwn(core, caller.personId, connection.id),
  };
}

/** The refusal for a use of one's own connection that the ledger did not admit: what has changed since it was read. */
async function whyNotOwn(core: Core, personId: string, connectionId: string): Promise<Refusal> {
  const person = await core.db.person.findUnique({ where: { id: personId }, select: { status: true } });
  if (person?.status !== "active") return refuseStanding(person?.status === "suspended" ? "person_suspended" : "person_removed");
  await ownLiveConnection(core, personId, null, connectionId);
  return new Refusal("unavailable", "The connection could not be checked. Try again.", { reason: "not_admitted", retryAfterSeconds: 1 });
}

/** Puts a proved caller into the row: who acts. */
export function noteCaller(use: Use, caller: Caller): void {
  use.row.acting = caller.kind;
  if (caller.kind === "agent") {
    use.row.agentId = caller.agentId;
    use.row.credentialId = caller.credentialId;
    use.row.runIdVerified = caller.platformRunId ?? null;
    use.row.chain = [{ kind: "agent", id: caller.agentId, name: caller.name }];
  } else {
    use.row.personId = caller.personId;
    use.row.ownerId = caller.personId;
    use.row.chain = [{ kind: "person", id: caller.personId, name: caller.name }];
  }
}

/** Puts a grant into the row, as far as it is known. */
export function noteGrant(use: Use, caller: Caller, standing: Standing): void {
  const { grantId, personId, connectionId, connector, pattern, delivery, narrowedBy, scopes } = standing;
  Object.assign(use.row, { grantId, personId, ownerId: personId, connectionId, connector, pattern, delivery, narrowedBy, scopes });
  const principal = { kind: "person" as const, id: personId, name: standing.personName };
  if (caller.kind !== "agent") return;
  const hand = { kind: "agent" as const, id: caller.agentId, name: caller.name };
  use.row.chain = pattern === "own" ? [hand] : [principal, hand];
  if (pattern === "own") use.row.personId = null;
}

/** Why a grant gives its agent nothing, and its person all the same. */
export function isAboutAgent(reason: string): boolean {
  return reason === "agent_paused" || reason === "owner_suspended" || reason === "person_paused";
}
