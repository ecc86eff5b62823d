import { recordUse, type Use } from "../activity/use";
import type { AgentActor, Core } from "../ctx";
import { isRefusal, Refusal } from "../errors";
import { type OwnAccessStanding, type OwnStanding, readOwnStanding } from "../platform/standing";
import type { AccessClaims } from "../tokens/signer";
import { noteCaller } from "./authority";
import { boundTo, requireBinding } from "./binding";
import { type Caller, type Credentials, proveCaller } from "./caller";
import { noteToken } from "./noteToken";
import { noteRun } from "./runs";

export interface OwnTokenRequest {
  readonly credentials: Credentials;
  /** RFC 8707: where the token is wanted for. One, or none where the agent has access at one place only. */
  readonly resources: readonly string[];
  /** Empty: everything that was given there. */
  readonly scopes: readonly string[];
  /** The key that the agent proved to hold (RFC 9449). */
  readonly jkt?: string | undefined;
  readonly runId?: string | undefined;
  readonly traceId?: string | undefined;
  readonly requestId?: string | undefined;
}

export interface OwnToken {
  readonly accessToken: string;
  readonly expiresInSeconds: number;
  readonly scopes: readonly string[];
  readonly resource: string;
  readonly useId: string;
}

const OWN_SECONDS_MAX = 15 * 60;

/** Where a token on the agent's own authority works. Without access it is the agent's word for itself, at this Valet alone. */
interface Place {
  readonly resource: string;
  readonly access: OwnAccessStanding | null;
}

/**
 * A token that an agent has for itself (RFC 6749 section 4.4, RFC 9068 section 2.2): it is subject and client, nobody stands behind it, and it
 * works at one service of the house that an admin gave it access to; or, for this Valet's own issuer, as its proof of who it is.
 *
 * Refuses `invalid_client` when the agent cannot be proved, `forbidden` for who has no authority of their own, `invalid_target` for a
 * place that is not one it has access to, `invalid_scope` beyond what was given. Every attempt leaves one row, committed before the
 * token leaves.
 */
export function ownToken(core: Core, request: OwnTokenRequest): Promise<OwnToken> {
  const about = {
    event: "token.own" as const,
    target: "Token of its own",
    requestId: request.requestId,
    traceId: request.traceId,
    runIdClaimed: request.runId,
  };
  return recordUse(core, about, async (use) => {
    const caller = await proveCaller(core, request.credentials);
    const agent = noteAgent(use, caller);
    await requireBinding(core, caller, request.jkt);
    const standing = await goodStanding(core, agent);
    const place = placeOf(core, standing, request.resources);
    noteAccess(use, place);
    const scopes = within(place, request.scopes);
    use.row.scopes = scopes;
    const expiresAt = endOf(use.row.at, place);
    const runId = await noteRun(core, use, caller);
    const more = { ...(runId ? { run_id: runId } : {}), ...boundTo(request.jkt) };
    const accessToken = await sign(core, use, agent, place, scopes, expiresAt, more);
    noteToken(use, place.resource, expiresAt);
    await use.admit(() => whyNot(core, agent, place));
    const expiresInSeconds = Math.max(0, Math.floor((expiresAt.getTime() - core.clock.now().getTime()) / 1000));
    return { accessToken, expiresInSeconds, scopes, resource: place.resource, useId: use.row.id };
  });
}

function noteAgent(use: Use, caller: Caller): AgentActor {
  noteCaller(use, caller);
  use.row.pattern = "own";
  if (caller.kind === "agent") {
    use.row.ownerId = caller.ownerId;
    return caller;
  }
  throw new Refusal("forbidden", "Only agents have tokens of their own. A person exchanges a grant or an own connection.", {
    reason: "not_an_agent",
  });
}

async function goodStanding(core: Core, { agentId }: AgentActor): Promise<OwnStanding> {
  const standing = await readOwnStanding(core, agentId);
  if (standing?.agentStatus !== "active") throw stopped("agent_paused", "This agent is paused.", "Ask the agent's owner to resume it.");
  if (standing.ownerStatus === "active") return standing;
  const why = "The owner of this agent is not in good standing, so the agent is stopped.";
  throw stopped("owner_suspended", why, "Ask an admin to give the agent an owner.");
}

function stopped(reason: string, message: string, next: string): Refusal {
  return new Refusal("forbidden", message, { reason, next });
}

function placeOf(core: Core, { access }: OwnStanding, resources: readonly string[]): Place {
  const live = access.filter((one) => one.state === "live");
  const facts = { resources: live.map(({ resource }) => resource).sort() };
  const [asked, another] = resources;
  if (another !== undefined)
    throw new Refusal("invalid_target", "A token works at one place. Ask for one resource at a time.", {
      reason: "resource_several",
      facts,
    });
  if (asked === core.settings.publicUrl) return { resource: asked, access: null };
  if (asked !== undefined) return namedPlace(access, asked, facts);
  const [only, second] = live;
  if (only && !second) return { resource: only.resource, access: only };
  if (!only) throw noAccess();
  throw new Refusal("invalid_target", "This agent has access at several places. Say which one with resource.", {
    reason: "resource_missing",
    facts,
  });
}

/** Byte for byte. A service that nobody knows and one where this agent was never given anything are one answer. */
function namedPlace(access: readonly OwnAccessStanding[], asked: string, facts: Record<string, unknown>): Place {
  const here = access.filter(({ resource }) => resource === asked);
  const live = here.find(({ state }) => state === "live");
  if (live) return { resource: asked, access: live };
  const [last] = here;
  const next = "Ask an admin for access there.";
  if (last?.state === "ended")
    throw new Refusal("invalid_target", "This agent's access there has ended.", { reason: "own_access_ended", next, facts });
  if (last) throw new Refusal("invalid_target", "This agent's access there was taken back.", { reason: "own_access_taken", next, facts });
  throw new Refusal("invalid_target", "This agent has no access of its own at that resource.", {
    reason: "resource_elsewhere",
    next,
    facts,
  });
}

function noAccess(): Refusal {
  return new Refusal("forbidden", "This agent has no access of its own anywhere.", {
    reason: "own_access_none",
    next: "Ask an admin to give it access at a service of the house.",
  });
}

function noteAccess(use: Use, { resource, access }: Place): void {
  use.row.target = access ? `${access.resourceName}: ${resource}` : "Its own name at this Valet";
  use.row.detail = access ? { resource, own_access_id: access.id } : { resource };
  if (access) use.row.reason = "within_own_access";
  else use.row.reason = "for_itself";
}

function within({ access }: Place, asked: readonly string[]): string[] {
  const given = access?.scopes ?? [];
  if (asked.length === 0) return [...given];
  if (asked.every((scope) => given.includes(scope))) return given.filter((scope) => asked.includes(scope));
  throw new Refusal("invalid_scope", `This agent was given there: ${given.join(" ") || "no scopes"}.`, {
    reason: "scope_beyond_own_access",
    next: "Ask for less, or ask an admin for more.",
  });
}

function endOf(at: Date, { access }: Place): Date {
  const latest = at.getTime() + OWN_SECONDS_MAX * 1000;
  return new Date(Math.min(latest, access?.expiresAt?.getTime() ?? latest));
}

function sign(
  core: Core,
  use: Use,
  { agentId }: AgentActor,
  { resource }: Place,
  scopes: readonly string[],
  expiresAt: Date,
  more: Pick<AccessClaims, "run_id" | "cnf">,
): Promise<string> {
  const who = { sub: agentId, client_id: agentId };
  const what = { aud: resource, jti: use.row.id, scope: scopes.join(" "), ...more };
  return core.signer.sign({ ...who, ...what }, use.row.at, expiresAt);
}

/** What has changed since it was read. */
async function whyNot(core: Core, agent: AgentActor, place: Place): Promise<Refusal> {
  try {
    placeOf(core, await goodStanding(core, agent), [place.resource]);
  } catch (error) {
    if (isRefusal(error)) return error;
    throw error;
  }
  return new Refusal("unavailable", "The access could not be checked. Try again.", { reason: "not_admitted", retryAfterSeconds: 1 });
}
