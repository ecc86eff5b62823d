import { recordUse, type Use } from "../activity/use";
import { findScope, withContained } from "../connectors/scopes";
import type { Core } from "../ctx";
import { isRefusal, Refusal } from "../errors";
import { apiBase } from "../grants/apiBase";
import { sharedKeyWarning } from "../policy/pattern";
import { type Basis, type Recall, readBefore, Stale } from "../recall";
import type { AccessClaims } from "../tokens/signer";
import { workedOut } from "../workedOut";
import { admitUse } from "./admit";
import { type Decision, decidedBefore, forgetDecision, keepDecision, rowOfDecision } from "./asBefore";
import { type Authority, grantAuthority, noteCaller, ownAuthority } from "./authority";
import { boundTo, requireBinding } from "./binding";
import { type Caller, type Credentials, proveAgain, proveCaller } from "./caller";
import { directAccess } from "./directAccess";
import { gatewayAccess } from "./gatewayAccess";
import { grantAudience, grantByAudience, type Named } from "./grantByAudience";
import { requestedActor } from "./mayAct";
import { noteToken } from "./noteToken";
import { refusedScopes } from "./refusedCall";
import { newBasis, rememberedFirst } from "./rememberedFirst";
import { resolveGrant, type Tried } from "./resolve";
import { noteRun } from "./runs";
import { ACCESS_TOKEN_TYPE, JWT_TOKEN_TYPE } from "./tokenTypes";

export const GRANT_TOKEN_TYPE = "urn:valet:params:oauth:token-type:grant";
/** Whatever this agent may use at a connector: which grant, its resolution says. */
export const CONNECTOR_TOKEN_TYPE = "urn:valet:params:oauth:token-type:connector";
export const CONNECTION_TOKEN_TYPE = "urn:valet:params:oauth:token-type:connection";
/** Issued by the SaaS. */
export const DOWNSTREAM_TOKEN_TYPE = "urn:valet:params:oauth:token-type:downstream_access_token";

export interface ExchangeRequest {
  readonly credentials: Credentials;
  /** A grant's id; for an agent also a connector's, and for a person the id of an own connection. */
  readonly subjectToken: string;
  readonly subjectTokenType: string;
  /** Empty: everything the grant has. */
  readonly scopes: readonly string[];
  /** RFC 8707: where the token is wanted for. */
  readonly resources: readonly string[];
  /** RFC 8693: the same by name. The connector's id, or the place's address. */
  readonly audiences: readonly string[];
  /** The key that the caller proved to hold: what is given is worth nothing without it (RFC 9449). */
  readonly jkt?: string | undefined;
  /** The agent that alone may act next by the token: it is made to be handed on to that one. */
  readonly requestedActor?: string | undefined;
  readonly runId?: string | undefined;
  readonly traceId?: string | undefined;
  readonly requestId?: string | undefined;
  /** SHA-256 of all the words that say this, the proof among them, where the same words may come again. */
  readonly sent?: string | undefined;
}

export interface IssuedToken {
  readonly accessToken: string;
  readonly issuedTokenType: string;
  readonly expiresInSeconds: number;
  readonly scopes: readonly string[];
  readonly grantId: string | null;
  readonly connectionId: string;
  readonly useId: string;
  readonly narrowedBy: "provider" | "consent" | "gateway";
  /** Whose authority it spends. */
  readonly pattern: Authority["pattern"];
  /** Set where Valet chose the grant: whose authority was tried, in which order, and what came of each. */
  readonly tried: readonly Tried[] | null;
  /** What a shared key wears; null where it is none. */
  readonly warning: string | null;
  /** Where this token works, and only there. */
  readonly apiBase: string;
}

interface Access {
  readonly accessToken: string;
  readonly narrowedBy: IssuedToken["narrowedBy"];
  readonly issuedTokenType: string;
  readonly expiresAt: Date;
  readonly apiBase: string;
}

/**
 * Trades a caller's proof for a short-lived token on the person's account, cut to the live grant.
 *
 * Refuses `invalid_client` when the caller cannot be proved, `invalid_grant` when no live grant covers the request,
 * `invalid_scope` when it asks beyond one, `invalid_target` for another place. Every attempt leaves one row of activity,
 * and the row is committed before the token leaves. RFC 8693 section 2.
 */
export function exchange(core: Core, request: ExchangeRequest): Promise<IssuedToken> {
  return recordUse(core, aboutOf(request), (use) => decide(core, use, request));
}

/**
 * The same for words that were sent before, as far as that needs no new decision; null where nothing is known of them. Nothing is given that `exchange`
 * would not give: the gate compares every record that the decision rests on, and where one has changed, all is read and decided anew.
 *
 * @param sent SHA-256 of the words, as `ExchangeRequest` has it.
 * @param read those words as a request.
 */
export function exchangeAgain(core: Core, sent: string, said: Said, read: () => ExchangeRequest): Promise<IssuedToken> | null {
  const decision = decidedBefore(core, sent);
  if (!decision) return null;
  return recordUse(core, aboutOf(said), async (use) => {
    const known = { ...use.row };
    await said.proved?.(decision.caller);
    try {
      return await issueAsBefore(core, use, decision);
    } catch (error) {
      forgetDecision(core, sent);
      if (!(error instanceof Stale)) throw error;
    }
    Object.assign(use.row, known);
    return decide(core, use, read());
  });
}

/** What is said of a request beside its words, and who wants to know that its caller is proved. */
export interface Said extends Pick<ExchangeRequest, "requestId" | "traceId" | "runId"> {
  readonly proved?: Credentials["proved"];
}

function aboutOf({ requestId, traceId, runId }: Said) {
  return { event: "token.exchange" as const, target: "Access token", requestId, traceId, runIdClaimed: runId };
}

async function decide(core: Core, use: Use, request: ExchangeRequest): Promise<IssuedToken> {
  const basis = newBasis();
  const recall = readBefore(core.db, basis);
  const caller = await callerOf(core, request, recall);
  noteCaller(use, caller);
  const runId = await noteRun(core, use, caller);
  return rememberedFirst(core, use, basis, recall, async (reading, again) => {
    if (again) await proveAgain(core, request.credentials);
    return issue(core, use, caller, { ...request, runId }, reading, again ? null : basis);
  });
}

async function issueAsBefore(core: Core, use: Use, { caller, authority, scopes, narrowedBy, row, basis }: Decision): Promise<IssuedToken> {
  Object.assign(use.row, row, { basis });
  const access = await gatewayAccess(core, use, caller, authority, scopes, undefined);
  noteToken(use, access.apiBase, access.expiresAt);
  await admitUse(core, use, authority);
  return answer(core, use, authority, scopes, { ...access, narrowedBy, issuedTokenType: ACCESS_TOKEN_TYPE });
}

/** @param basis of a decision that the next one by the same words may rest on too; null where it was decided by what was read for it alone. */
async function issue(
  core: Core,
  use: Use,
  caller: Caller,
  request: ExchangeRequest,
  recall: Recall,
  basis: Basis | null,
): Promise<IssuedToken> {
  await requireBinding(core, caller, request.jkt, recall);
  const authority = await authorityOf(core, use, caller, request, recall);
  const mayAct = request.requestedActor && (await requestedActor(core, onGrant(authority), caller, request.requestedActor));
  use.row.target = `${authority.connector.name}: ${authority.accountName}`;
  const scopes = narrowOrTeach(core, use, authority, request.scopes);
  use.row.scopes = scopes;
  const more = mayAct ? { may_act: { sub: mayAct } } : {};
  // Nobody could hold the next agent to a token that the SaaS made, so one to be handed on is ours.
  const through = mayAct ? { ...authority, delivery: "gateway" as const } : authority;
  const access = await accessFor(core, use, caller, through, scopes, { ...request, more });
  await admitUse(core, use, authority);
  if (basis && !mayAct) keepForAgain(core, use, caller, request, { authority, scopes, narrowedBy: access.narrowedBy, basis });
  return answer(core, use, authority, scopes, access);
}

/** Only what follows from the words and from records that the gate compares: no token of a SaaS, no run, no key, no choice among grants. */
function keepForAgain(
  core: Core,
  use: Use,
  caller: Caller,
  { sent, subjectTokenType, jkt }: ExchangeRequest,
  { authority, scopes, narrowedBy, basis }: Pick<Decision, "authority" | "scopes" | "narrowedBy" | "basis">,
): void {
  const { row } = use;
  if (!sent || subjectTokenType !== GRANT_TOKEN_TYPE || caller.kind !== "agent" || !caller.provedUntil) return;
  if (jkt !== undefined || row.delivery !== "gateway" || row.runIdClaimed !== null || row.runIdVerified !== null) return;
  if (row.detail && "fell_back_to_gateway" in row.detail) return;
  const alone = { ...authority, whyNot: () => Promise.reject(new Stale()) };
  const rest = { row: rowOfDecision(row), basis: { versions: basis.versions, recalled: true, shared: true }, until: caller.provedUntil };
  keepDecision(core, sent, { caller, authority: alone, scopes, narrowedBy, ...rest });
}

/** RFC 8693 section 2.2.2: a subject token that proves nothing is `invalid_request`, whatever was wrong with it. */
async function callerOf(core: Core, { credentials, subjectTokenType }: ExchangeRequest, recall: Recall): Promise<Caller> {
  if (subjectTokenType !== JWT_TOKEN_TYPE) return proveCaller(core, credentials, recall);
  return proveCaller(core, credentials).catch((error: unknown) => {
    if (!isRefusal(error) || error.code !== "invalid_client") throw error;
    throw new Refusal("invalid_request", error.message, { reason: "subject_token_unproved" });
  });
}

function onGrant({ grantId, personName }: Authority) {
  return grantId ? { grantId, personName } : null;
}

async function authorityOf(core: Core, use: Use, caller: Caller, request: ExchangeRequest, recall: Recall): Promise<Authority> {
  switch (request.subjectTokenType) {
    case GRANT_TOKEN_TYPE:
      return grantAuthority(core, use, caller, request.subjectToken, caller.kind === "agent" ? recall : undefined);
    case JWT_TOKEN_TYPE:
      return resolved(core, use, caller, await grantByAudience(core, use, caller, [...request.audiences, ...request.resources]));
    case CONNECTOR_TOKEN_TYPE:
      return resolved(core, use, caller, await resolveGrant(core, use, caller, request.subjectToken));
    case CONNECTION_TOKEN_TYPE:
      return ownAuthority(core, use, caller, null, request.subjectToken);
    default:
      throw new Refusal("invalid_request", `subject_token_type must be ${GRANT_TOKEN_TYPE}.`, { reason: "subject_token_type_unknown" });
  }
}

async function resolved(core: Core, use: Use, caller: Caller, { grantId, tried }: Named): Promise<Authority> {
  return { ...(await grantAuthority(core, use, caller, grantId)), ...(tried ? { tried } : {}) };
}

function narrowOrTeach(core: Core, use: Use, authority: Authority, asked: readonly string[]): readonly string[] {
  try {
    return workedOut(authority.readFrom, `asked ${asked.join(" ")}`, () => narrowToGrant(authority, asked));
  } catch (error) {
    throw isRefusal(error) ? refusedScopes(core, use, authority, asked, error) : error;
  }
}

/** Answered access is within the grant: what is asked beyond it is refused, not dropped. */
export function narrowToGrant({ connector, scopes }: Pick<Authority, "connector" | "scopes">, asked: readonly string[]): string[] {
  const within = withContained(connector, scopes);
  const beyond = asked.find((scope) => !within.includes(scope));
  if (beyond !== undefined) {
    const known = findScope(connector, beyond);
    const lacking = known
      ? `The grant does not have the scope ${known.name}.`
      : `${connector.name} has no scope by a name that was asked for.`;
    throw new Refusal("invalid_scope", `${lacking} The grant has: ${scopes.join(" ")}.`, {
      reason: "scope_beyond_grant",
      next: "Ask for less, or ask the person for a grant with that scope.",
    });
  }
  if (scopes.length === 0) {
    throw new Refusal("invalid_scope", "The account no longer holds anything that this grant lends.", {
      reason: "scope_beyond_connection",
      next: "Ask the person who lent this to reconnect the account with the permissions of the grant.",
    });
  }
  return asked.length === 0 ? [...scopes] : within.filter((scope) => asked.includes(scope));
}

async function accessFor(
  core: Core,
  use: Use,
  caller: Caller,
  authority: Authority,
  scopes: readonly string[],
  request: ExchangeRequest & { readonly more: Pick<AccessClaims, "may_act"> },
): Promise<Access> {
  refuseOtherTargets(request, authority, [
    apiBase(core, authority.connector, "gateway"),
    apiBase(core, authority.connector, authority.delivery),
  ]);
  // The SaaS is asked for nothing by what is only remembered.
  if (authority.delivery === "direct" && use.row.basis?.recalled) throw new Stale();
  const direct = await directAccess(core, authority, scopes, request.jkt !== undefined);
  Object.assign(use.row, { delivery: direct.access ? "direct" : "gateway", narrowedBy: direct.narrowedBy });
  if (direct.fellBack) use.row.detail = { ...use.row.detail, fell_back_to_gateway: direct.fellBack };
  const { narrowedBy } = direct;
  const access = direct.access
    ? { ...direct.access, narrowedBy, issuedTokenType: DOWNSTREAM_TOKEN_TYPE, apiBase: apiBase(core, authority.connector, "direct") }
    : {
        ...(await gatewayAccess(core, use, caller, authority, scopes, request.runId, { ...request.more, ...boundTo(request.jkt) })),
        issuedTokenType: ACCESS_TOKEN_TYPE,
        narrowedBy,
      };
  refuseOtherTargets(request, authority, [access.apiBase]);
  noteToken(use, access.apiBase, access.expiresAt);
  return access;
}

type Targets = Pick<ExchangeRequest, "resources" | "audiences">;

/**
 * RFC 8707 section 2, RFC 8693 section 2.1: asked before anything is made for it, and again of what was made. Google's
 * libraries always send an audience; one that names the SaaS's own address never gets a token for the gateway instead.
 */
export function refuseOtherTargets(
  { resources, audiences }: Targets,
  { connector, grantId }: Pick<Authority, "connector" | "grantId">,
  bases: readonly string[],
): void {
  const isHere = (place: string) => bases.includes(place.replace(/\/$/, ""));
  const names = [connector.id, grantAudience(grantId)];
  if (resources.every(isHere) && audiences.every((audience) => names.includes(audience) || isHere(audience))) return;
  throw new Refusal(
    "invalid_target",
    `This grant opens ${bases.at(-1)} and nothing else. Leave resource and audience out, or ask for that.`,
    {
      reason: "resource_elsewhere",
    },
  );
}

/** What is told of a token beside itself. */
export function answer(core: Core, use: Use, authority: Authority, scopes: readonly string[], access: Access): IssuedToken {
  const left = Math.floor((access.expiresAt.getTime() - core.clock.now().getTime()) / 1000);
  return {
    accessToken: access.accessToken,
    issuedTokenType: access.issuedTokenType,
    expiresInSeconds: Math.max(0, left),
    scopes,
    grantId: authority.grantId,
    connectionId: authority.connectionId,
    useId: use.row.id,
    narrowedBy: access.narrowedBy,
    pattern: authority.pattern,
    tried: authority.tried ?? null,
    warning: authority.keyEndsAt ? sharedKeyWarning(authority.keyEndsAt) : null,
    apiBase: access.apiBase,
  };
}
