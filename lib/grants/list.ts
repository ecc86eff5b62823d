import { type LentTokenReport, listLentTokens } from "../connections/lentTokens";
import { registrationOf } from "../connections/separate";
import type { Access } from "../connectors/connector";
import { describeScopes, type Permission } from "../connectors/scopes";
import type { Core, PersonCtx } from "../ctx";
import { preparedRead } from "../db";
import { notFound } from "../errors";
import type { Prisma } from "../generated/prisma/client";
import { type Bounds, readBounds } from "../policy/bounds";
import { phraseBounds, phraseRules } from "../policy/boundWords";
import { type Pattern, readPattern, sharedKeyWarning } from "../policy/pattern";
import { accountConnector } from "../setups/client";
import { apiBase } from "./apiBase";
import { type Proof, readProof } from "./evidence";
import { type Extension, extensionsOf } from "./extension";
import { judgeStanding, ownerStatusOf, type StandingReason, standingSentence } from "./rules";

export interface GrantView {
  readonly id: string;
  readonly agentId: string;
  readonly agentName: string;
  /** The account's own connection, also where the grant has a consent of its own. */
  readonly connectionId: string;
  readonly connector: string;
  readonly connectorName: string;
  readonly accountName: string;
  readonly personId: string;
  readonly personName: string;
  readonly scopes: readonly string[];
  readonly permissions: readonly Permission[];
  readonly access: Access;
  readonly delivery: "direct" | "gateway";
  readonly narrowedBy: "provider" | "consent" | "gateway";
  /** Set where its tokens come from a second, smaller consent that serves this grant alone. */
  readonly separateConsent: SeparateConsentView | null;
  /** Whose authority it spends. */
  readonly pattern: Pattern;
  /** What a shared key wears; null where it is none. */
  readonly warning: string | null;
  readonly bounds: Bounds | null;
  /** The bounds in sentences. */
  readonly boundWords: readonly string[];
  /** All of it in plain words, a sentence per rule. */
  readonly rules: readonly string[];
  readonly apiBase: string;
  readonly createdAt: Date;
  readonly expiresAt: Date;
  readonly revokedAt: Date | null;
  /** `paused` and `blocked` come back to life by themselves when their cause is gone; `ended` and `revoked` do not. */
  readonly state: "live" | "ended" | "revoked" | "paused" | "blocked";
  readonly stateReason: StandingReason | null;
  readonly stateSentence: string | null;
  readonly lastUsedAt: Date | null;
  readonly uses: number;
}

export interface SeparateConsentView {
  /** The id to reconnect it by. */
  readonly connectionId: string;
  /** Which of our clients at the SaaS it was given to. */
  readonly registration: "main" | "read_only";
  readonly status: "active" | "needs_reconnect" | "disconnected";
  /** Why it needs its person, or what ending it did at the SaaS. */
  readonly note: string | null;
}

export interface GrantFilter {
  readonly agentId?: string | undefined;
  readonly connectionId?: string | undefined;
  /** Only those that give something right now. */
  readonly live?: boolean | undefined;
  /** Admins and auditors: everybody's. */
  readonly everyone?: boolean | undefined;
}

const WITH = {
  agent: { include: { owner: { select: { status: true } }, secondOwner: { select: { status: true } } } },
  person: true,
  connection: { omit: { sealedRefresh: true, sealedAccess: true } },
} as const;
type Read = Prisma.GrantGetPayload<{ include: typeof WITH }>;
const LIST_MAX = 500;

/** The grants a person has lent, newest first; with `everyone`, for admins and auditors, all. */
export async function listGrants(ctx: PersonCtx, filter: GrantFilter = {}): Promise<GrantView[]> {
  const everyone = filter.everyone === true && ctx.actor.role !== "member";
  const where: Prisma.GrantWhereInput = {
    ...(everyone ? {} : { personId: ctx.actor.personId }),
    ...(filter.agentId ? { agentId: filter.agentId } : {}),
    ...(filter.connectionId ? { connection: { OR: [{ id: filter.connectionId }, { parentId: filter.connectionId }] } } : {}),
    ...(filter.live ? { revokedAt: null, expiresAt: { gt: ctx.clock.now() } } : {}),
  };
  const views = await viewGrants(ctx, where);
  return filter.live ? views.filter((view) => view.state === "live") : views;
}

export interface GrantDetail extends GrantView {
  readonly consent: Prisma.JsonValue;
  readonly lentTokens: LentTokenReport[];
  readonly selfTest: Proof | null;
  /** The later ends that the person who lent it may give it now: see `extendGrant`. */
  readonly extensions: readonly Extension[];
}

/** One grant with its consent record and what was lent of it: the person who lent it, admins, auditors. */
export async function getGrant(ctx: PersonCtx, input: { grantId: string }): Promise<GrantDetail> {
  const where = { id: input.grantId, ...(ctx.actor.role === "member" ? { personId: ctx.actor.personId } : {}) };
  const [view] = await viewGrants(ctx, where);
  if (!view) throw notFound("grant");
  const kept = { consent: true, testedAt: true, evidence: true, connection: { select: { keyEndsAt: true } } } as const;
  const { consent, ...rest } = await ctx.db.grant.findUniqueOrThrow({ where: { id: view.id }, select: kept });
  const { connection, ...tested } = rest;
  const lends = view.state === "live" && view.personId === ctx.actor.personId;
  const extensions = lends ? extensionsOf({ expiresAt: view.expiresAt, ...connection }, ctx.clock.now()) : [];
  return { ...view, consent, selfTest: readProof(tested), lentTokens: await listLentTokens(ctx, view.id), extensions };
}

/** Grants as anybody is shown them. The caller says whose by `where`. */
export async function viewGrants(core: Core, where: Prisma.GrantWhereInput): Promise<GrantView[]> {
  const grants = await core.db.grant.findMany({ where, include: WITH, orderBy: { createdAt: "desc" }, take: LIST_MAX });
  const uses = await usesOf(
    core,
    grants.map((grant) => grant.id),
  );
  return grants.map((grant) => viewOf(core, grant, uses.get(grant.id)));
}

interface Uses {
  readonly lastUsedAt: Date;
  readonly uses: number;
}

async function usesOf(core: Core, grantIds: string[]): Promise<Map<string, Uses>> {
  if (grantIds.length === 0) return new Map();
  const text = `select grant_id as id, max(at) as "lastUsedAt", count(*)::int as uses from activity
    where grant_id = any($1) and kind = 'use' and decision = 'allowed' group by grant_id`;
  const rows = await preparedRead<Uses & { id: string }>(core.db, "grant_uses", text, [grantIds]);
  return new Map(rows.map((row) => [row.id, row]));
}

function viewOf(core: Core, grant: Read, uses: Uses | undefined): GrantView {
  const connector = accountConnector(core, grant.connection);
  const reason = judgeStanding(standingOf(grant), core.clock.now());
  const bounds = readBounds(grant.bounds);
  return {
    id: grant.id,
    agentId: grant.agentId,
    agentName: grant.agent.name,
    connectionId: grant.connection.parentId ?? grant.connectionId,
    connector: connector.id,
    connectorName: connector.name,
    accountName: grant.connection.accountName,
    personId: grant.personId,
    personName: grant.person.name,
    scopes: grant.scopes,
    permissions: describeScopes(connector, grant.scopes),
    access: grant.access as Access,
    delivery: grant.delivery as GrantView["delivery"],
    narrowedBy: grant.narrowedBy as GrantView["narrowedBy"],
    separateConsent: separateView(grant.connection),
    pattern: readPattern(grant.pattern),
    warning: grant.connection.keyEndsAt ? sharedKeyWarning(grant.connection.keyEndsAt) : null,
    bounds,
    boundWords: phraseBounds(bounds),
    rules: phraseRules(connector, grant.scopes, bounds),
    apiBase: apiBase(core, connector, grant.delivery as GrantView["delivery"]),
    createdAt: grant.createdAt,
    expiresAt: grant.expiresAt,
    revokedAt: grant.revokedAt,
    state: stateFor(reason),
    stateReason: reason,
    stateSentence: reason ? standingSentence(reason) : null,
    lastUsedAt: uses?.lastUsedAt ?? null,
    uses: uses?.uses ?? 0,
  };
}

function separateView(connection: Read["connection"]): SeparateConsentView | null {
  if (!connection.parentId) return null;
  const status = connection.status as SeparateConsentView["status"];
  return { connectionId: connection.id, registration: registrationOf(connection), status, note: connection.statusNote };
}

function standingOf(grant: Read) {
  return {
    ...grant,
    grantId: grant.id,
    agentName: grant.agent.name,
    agentStatus: grant.agent.status,
    agentOwnerStatus: ownerStatusOf(grant.agent),
    personName: grant.person.name,
    personStatus: grant.person.status,
    lendingPausedAt: grant.person.lendingPausedAt,
    connectionStatus: grant.connection.status,
    accountName: grant.connection.accountName,
    providerScopes: grant.connection.providerScopes,
    keyEndsAt: grant.connection.keyEndsAt,
    apiBase: grant.connection.apiBase,
    registration: grant.connection.registration,
    accountConnectionId: grant.connection.parentId ?? grant.connectionId,
    ceiling: [],
    delivery: grant.delivery as GrantView["delivery"],
    narrowedBy: grant.narrowedBy as GrantView["narrowedBy"],
  };
}

function stateFor(reason: StandingReason | null): GrantView["state"] {
  switch (reason) {
    case null:
      return "live";
    case "grant_revoked":
    case "person_removed":
    case "connection_disconnected":
      return "revoked";
    case "grant_expired":
    case "key_ended":
      return "ended";
    case "agent_paused":
    case "person_paused":
      return "paused";
    case "owner_suspended":
    case "person_suspended":
    case "connection_needs_reconnect":
    case "grant_suspended":
    case "grant_untested":
      return "blocked";
  }
}
