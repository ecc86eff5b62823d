import { z } from "zod";
import { ACCOUNTS } from "../connections/separate";
import { withinCeiling } from "../connectors/ceiling";
import type { Access, Connector } from "../connectors/connector";
import { reachOf } from "../connectors/pastedKey";
import { accessOf, describeScopes, heldScopes, narrowScopes } from "../connectors/scopes";
import type { PersonCtx } from "../ctx";
import { notFound, Refusal } from "../errors";
import type { Agent, Connection } from "../generated/prisma/client";
import { type Bounds, boundsInput, checkBounds } from "../policy/bounds";
import { phraseBounds } from "../policy/boundWords";
import { compileGrant } from "../policy/compile";
import { choosePattern, type Pattern, phraseAuthority } from "../policy/pattern";
import { type Allowed, accountConnector, readAllowed } from "../setups/client";
import { offerSeparately } from "./offer";
import { LIFETIME_SECONDS_MAX, LIFETIMES } from "./rules";

export const mintInput = z.strictObject({
  agentId: z.string(),
  connectionId: z.string(),
  /** Names of what to lend. Left out: everything the connection can read, and nothing it can write. */
  scopes: z.array(z.string().max(200)).min(1, "Choose at least one permission.").max(100).optional(),
  /** A preset, or seconds up to 30 days. */
  lifetime: z.union([z.enum(["1h", "8h", "7d", "30d"]), z.number().int().min(1).max(LIFETIME_SECONDS_MAX)]),
  delivery: z.enum(["direct", "gateway"]).optional(),
  /** What narrows it further: single resources, and limits. The gateway holds all of it. */
  bounds: boundsInput.optional(),
  /** `own`: the account belongs to the platform or the bot, and to no person. Admins. Left out: on the person's authority; a shared key says so by itself. */
  pattern: z.enum(["delegated", "own"]).optional(),
});
export type MintInput = z.input<typeof mintInput>;

/** What a person is shown before they agree, and what is kept as the consent record. */
export interface GrantSummary {
  readonly agentName: string;
  readonly agentPurpose: string;
  readonly agentOwnerName: string;
  readonly connectorName: string;
  readonly accountName: string;
  readonly held: number;
  readonly given: number;
  /** "You have 12 permissions here, this agent gets 2." */
  readonly sentence: string;
  readonly access: Access;
  readonly permissions: readonly { readonly name: string; readonly label: string; readonly access: Access }[];
  /** What narrows it beyond the permissions, a sentence each: "Only repository acme/site". */
  readonly bounds: readonly string[];
  readonly narrowedBy: "provider" | "consent" | "gateway";
  readonly delivery: "direct" | "gateway";
  readonly directPossible: boolean;
  readonly whyNotDirect: string | null;
  /** Who holds the agent to it, in a sentence. */
  readonly enforcement: string;
  /** Offered where the SaaS could hold the agent to it if the person gave a second, smaller consent for this grant alone. */
  readonly separateConsent: "main" | "read_only" | null;
  readonly expiresAt: Date;
  readonly pattern: Pattern;
  /** Whose authority it is, in a sentence. */
  readonly authority: string;
}

export interface Planned {
  readonly summary: GrantSummary;
  readonly connector: Connector;
  readonly agent: Agent;
  readonly connection: Connection;
  readonly scopes: string[];
  readonly bounds: Bounds | null;
}

/** What minting would give, without giving it. The same checks as minting, and the same refusals. */
export async function previewGrant(ctx: PersonCtx, input: MintInput): Promise<GrantSummary> {
  return (await planGrant(ctx, input)).summary;
}

/**
 * Checks what is asked against what the person has: an own connection in good standing, a live agent, scopes within what
 * the connection holds. Refuses `not_found`, `invalid_scope`, `interaction_required`, `invalid_request`.
 */
export async function planGrant(ctx: PersonCtx, input: MintInput): Promise<Planned> {
  const asked = mintInput.parse(input);
  const connection = await ownConnection(ctx, asked.connectionId);
  const account = await readHeld(ctx, connection);
  const scopes = narrowScopes(account.connector, account.held, asked.scopes ?? readScopes(account.connector, account.held));
  // Only the gateway knows bounds, so no consent could hold them.
  const offer = asked.bounds ? null : await offerSeparately(ctx, account, scopes);
  return planOn(ctx, asked, account, scopes, { granted: reachOf(account.connector, connection), offer: offer?.registration ?? null });
}

/** A connection, and what can be lent from it today. */
export interface HeldAccount {
  readonly connection: Connection;
  readonly connector: Connector;
  /** Within what the SaaS granted, and within the admin's ceiling. */
  readonly held: readonly string[];
  readonly allowed: Allowed;
}

export async function readHeld(ctx: PersonCtx, connection: Connection): Promise<HeldAccount> {
  const connector = accountConnector(ctx, connection);
  const allowed = await readAllowed(ctx, connector.id);
  const held = withinCeiling(connector, allowed.ceiling, heldScopes(connector, connection.providerScopes));
  return { connection, connector, held, allowed };
}

/**
 * What lending these scopes comes to, for a token that carries `granted`.
 *
 * @param on `granted`: what the SaaS has granted to that token, or would. `offer`: what to say of a separate consent.
 */
export async function planOn(
  ctx: PersonCtx,
  asked: z.output<typeof mintInput>,
  { connection, connector, held }: HeldAccount,
  scopes: string[],
  on: { readonly granted: readonly string[]; readonly offer: GrantSummary["separateConsent"] },
): Promise<Planned> {
  const agent = await liveAgent(ctx, asked.agentId);
  const bounds = checkBounds(connector, scopes, asked.bounds);
  const pattern = choosePattern(ctx.actor.role, connection, asked.pattern);
  const plan = compileGrant(connector, on.granted, scopes, asked.delivery, bounds);
  const seconds = typeof asked.lifetime === "number" ? asked.lifetime : LIFETIMES[asked.lifetime];
  const summary: GrantSummary = {
    agentName: agent.name,
    agentPurpose: agent.purpose,
    agentOwnerName: answering(agent).name,
    connectorName: connector.name,
    accountName: connection.accountName,
    held: held.length,
    given: scopes.length,
    sentence: `You have ${count(held.length)} here, this agent gets ${scopes.length}.`,
    access: accessOf(connector, scopes),
    permissions: describeScopes(connector, scopes).map(({ name, label, access }) => ({ name, label, access })),
    bounds: phraseBounds(bounds),
    narrowedBy: plan.narrowedBy,
    delivery: plan.delivery,
    directPossible: plan.directPossible,
    whyNotDirect: plan.whyNotDirect ?? null,
    enforcement: plan.why,
    separateConsent: on.offer,
    expiresAt: new Date(Math.min(ctx.clock.now().getTime() + seconds * 1000, connection.keyEndsAt?.getTime() ?? Number.POSITIVE_INFINITY)),
    pattern,
    authority: phraseAuthority(pattern, { agentName: agent.name, accountName: connection.accountName }),
  };
  return { summary, connector, agent, connection, scopes, bounds };
}

/** What is lent when nothing is named: all that reads. */
export function readScopes(connector: Connector, held: readonly string[]): string[] {
  return describeScopes(connector, held)
    .filter((permission) => permission.access === "read")
    .map((permission) => permission.name);
}

/** The person's own account, in good standing. A consent that serves one grant alone is not there: it is never lent from again. */
export async function ownConnection(ctx: PersonCtx, connectionId: string): Promise<Connection> {
  const found = await ctx.db.connection.findFirst({ where: { id: connectionId, personId: ctx.actor.personId, ...ACCOUNTS } });
  if (!found || found.status === "disconnected") throw notFound("connection");
  if (found.keyEndsAt && found.keyEndsAt <= ctx.clock.now()) throw notFound("connection");
  if (found.status !== "active") {
    throw new Refusal("interaction_required", "Reconnect this account first: its access has ended.", {
      reason: "connection_needs_reconnect",
    });
  }
  return found;
}

async function liveAgent(ctx: PersonCtx, agentId: string) {
  const found = await ctx.db.agent.findFirst({
    where: { id: agentId, OR: [{ owner: { status: "active" } }, { secondOwner: { status: "active" } }] },
    include: { owner: { select: { name: true, status: true } }, secondOwner: { select: { name: true } } },
  });
  if (!found) throw notFound("agent");
  if (found.status !== "active")
    throw new Refusal("conflict", `${found.name} is paused. Its owner has to resume it first.`, { reason: "agent_paused" });
  return found;
}

/** Who stands for it now: its owner, or its second owner when the owner does not. */
function answering({ owner, secondOwner }: Awaited<ReturnType<typeof liveAgent>>): { readonly name: string } {
  return owner.status === "active" || !secondOwner ? owner : secondOwner;
}

function count(permissions: number): string {
  return permissions === 1 ? "1 permission" : `${permissions} permissions`;
}
