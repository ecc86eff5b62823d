import { z } from "zod";
import { change, recordRefusedChange } from "../activity/change";
import type { ChangeRow } from "../activity/row";
import { accountApiBase } from "../connectors/tenant";
import type { PersonCtx } from "../ctx";
import { isRefusal, notFound, Refusal } from "../errors";
import type { Connection } from "../generated/prisma/client";
import { newId } from "../ids";
import { inRefresher } from "../inRefresher";
import { loadSaasClient, redirectUri, type SaasClient } from "../setups/client";
import { type Account, readAccount, readApiAddress } from "./account";
import { type Lending, type TakenAttempt, takeAttempt } from "./attempt";
import { endUnkept } from "./endAtProvider";
import { NOTHING_BEGAN } from "./refreshBegan";
import { expiryOf, sealTokens } from "./sealTokens";
import { ACCOUNTS, targetOf } from "./separate";
import { type Taken, takeInstallation } from "./takeInstallation";
import { redeemCode, type TokenAnswer } from "./tokenEndpoint";

export interface CompleteInput {
  readonly connector: string;
  /** The whole address the SaaS sent the browser back to. */
  readonly callbackUrl: URL;
  readonly browserSecret: string;
}

export interface Completed {
  readonly connectionId: string;
  readonly outcome: "connected" | "reconnected" | "for_one_grant";
  /** With `for_one_grant`: what to lend from it, and from nothing else. */
  readonly lending?: Lending;
}

/**
 * Ends the walk to a SaaS: takes the attempt once, judges the callback (RFC 9207 for `iss`), redeems the code, asks whose
 * account it is, and keeps the tokens sealed. Every refusal says in a sentence what to do, and leaves a row.
 */
export function completeConnection(ctx: PersonCtx, { callbackUrl, ...input }: CompleteInput): Promise<Completed> {
  return completeWalk(ctx, { ...input, callbackUrl: callbackUrl.href });
}

const walkInput = z.strictObject({ connector: z.string(), callbackUrl: z.url(), browserSecret: z.string() });
type WalkInput = z.input<typeof walkInput>;

/** The code is worth the account's tokens to whoever has the client's secret: neither of them is anywhere but where this is done. */
export const completeWalk = inRefresher("connection.complete", walkInput, async (ctx: PersonCtx, input: WalkInput): Promise<Completed> => {
  const { connector, browserSecret } = input;
  const callbackUrl = new URL(input.callbackUrl);
  const attempt = await takeAttempt(ctx, connector, callbackUrl.searchParams.get("state"), browserSecret);
  try {
    const client = await loadSaasClient(ctx, connector, attempt.registration);
    const code = readCallback(client, callbackUrl.searchParams);
    const answer = await redeemCode(ctx, client, code, attempt.verifier, redirectUri(ctx, connector));
    return await keep(ctx, client, attempt, answer).catch(async (error: unknown) => {
      if (isRefusal(error)) await endUnkept(ctx, client, answer, await standsAlone(ctx, attempt));
      throw error;
    });
  } catch (error) {
    if (isRefusal(error)) await recordRefusedChange(ctx, "connection.create", { target: connector, connector }, error);
    throw error;
  }
});

/** Whether its tokens are of a consent for one grant alone, which ends without ending the account's own. */
async function standsAlone(ctx: PersonCtx, { lending, connectionId }: TakenAttempt): Promise<boolean> {
  if (lending || !connectionId) return lending !== null;
  return (await ctx.db.connection.count({ where: { id: connectionId, parentId: { not: null } } })) > 0;
}

/** The code, from a callback that is what it claims to be. */
function readCallback(client: SaasClient, query: URLSearchParams): string {
  const { name, oauth } = client.connector;
  const issuers = query.getAll("iss");
  if (oauth.issuer && (issuers.length > 1 || (issuers[0] ?? oauth.issuer) !== oauth.issuer)) {
    throw new Refusal(
      "forbidden",
      `The answer does not come from ${name}, so it was thrown away. Start again, and tell an admin if it happens twice.`,
      { reason: "wrong_issuer" },
    );
  }
  if (oauth.issuer && oauth.issuerInCallback === "required" && issuers.length === 0) {
    throw new Refusal("forbidden", `The answer does not say that it comes from ${name}, so it was thrown away. Start again.`, {
      reason: "issuer_missing",
    });
  }
  const error = query.get("error");
  if (error === "access_denied")
    throw new Refusal("access_denied", `You said no at ${name}. Nothing was connected.`, { reason: "person_declined" });
  if (error)
    throw new Refusal("upstream_failed", `${name} did not give access. Try again, or tell an admin.`, {
      reason: "provider_refused",
      detail: error.slice(0, 80),
    });
  const codes = query.getAll("code");
  if (codes.length !== 1 || !codes[0])
    throw new Refusal("invalid_request", `${name} came back without an answer. Start again.`, { reason: "code_missing" });
  return codes[0];
}

/** What came back from a walk, read and judged. */
interface Walk {
  readonly client: SaasClient;
  readonly attempt: TakenAttempt;
  readonly answer: TokenAnswer;
  readonly account: Account;
  /** Null when the account's API is at the connector's own address. */
  readonly apiBase: string | null;
}

async function keep(ctx: PersonCtx, client: SaasClient, attempt: TakenAttempt, redeemed: TokenAnswer): Promise<Completed> {
  const { answer, account } = await accountBehind(ctx, client, attempt, redeemed);
  const asked = await readApiAddress(ctx, client.connector, answer.accessToken);
  const apiBase = accountApiBase(client.connector, { token: answer.body, account: account.body, asked });
  const walk = { client, attempt, answer, account, apiBase };
  if (attempt.lending) return keepBeside(ctx, walk, attempt.lending);
  const present = await presentConnection(ctx, walk);
  if (attempt.connectionId && present?.accountId !== account.id) throw otherAccount(walk, present);
  if (present?.parentId && present.status === "disconnected") throw notFound("connection");
  return present ? reconnect(ctx, walk, present) : connect(ctx, walk).catch((error) => afterCollision(ctx, walk, error));
}

/** Whose account it is. Where Valet's own key makes the tokens, the person's only proves which one is theirs. */
async function accountBehind(ctx: PersonCtx, client: SaasClient, attempt: TakenAttempt, answer: TokenAnswer): Promise<Taken> {
  if (client.connector.tokens.refresh === "minted") return takeInstallation(ctx, client, attempt, answer);
  const told = await readAccount(ctx, client.connector, answer.accessToken);
  return { answer, account: { ...told, id: client.connector.account.idFromToken?.(answer.body) ?? told.id } };
}

/** Two walks for one account came back at once: the later renews what the earlier has just made. */
async function afterCollision(ctx: PersonCtx, walk: Walk, error: unknown): Promise<Completed> {
  const collided = (error as { code?: unknown } | null)?.code === "P2002";
  const present = collided ? await presentConnection(ctx, walk) : null;
  if (!present) throw error;
  return reconnect(ctx, walk, present);
}

/** A smaller consent of the same account, for one grant alone: it is kept beside the account's own connection, while that lives. */
async function keepBeside(ctx: PersonCtx, walk: Walk, lending: Lending): Promise<Completed> {
  const { client, account, attempt } = walk;
  const now = ctx.clock.now();
  const id = newId("con", now);
  const own = { personId: ctx.actor.personId, connector: client.connector.id };
  await change(ctx, "connection.create", async (tx, row) => {
    // Held, so that a disconnecting that comes at the same moment either sees this one or is seen here.
    await tx.$queryRaw`SELECT id FROM connections WHERE id = ${lending.parentId} FOR UPDATE`;
    const parent = await tx.connection.findFirst({ where: { id: lending.parentId, ...own, ...ACCOUNTS, status: { not: "disconnected" } } });
    if (!parent) throw notFound("connection");
    if (parent.accountId !== account.id) throw otherThanLent(walk, parent);
    describe(row, id, walk);
    row.target = targetOf(client.connector.name, { accountName: account.name, parentId: parent.id });
    row.detail = { registration: attempt.registration, beside: parent.id };
    const whose = { id, ...own, accountId: account.id, parentId: parent.id, registration: attempt.registration };
    await tx.connection.create({ data: { ...whose, ...columns(ctx, id, walk, now), connectedAt: now } });
  });
  return { connectionId: id, outcome: "for_one_grant", lending };
}

function otherThanLent({ client, account }: Walk, parent: Connection): Refusal {
  const message = `You chose ${account.name} at ${client.connector.name}, but this grant is for ${parent.accountName}. Nothing was lent; start again and choose that account.`;
  return new Refusal("conflict", message, { reason: "other_account_than_lent" });
}

function otherAccount({ account }: Walk, present: Connection | null): Refusal {
  const message = `You chose ${account.name}, but this connection is for ${present?.accountName ?? "another account"}. Choose that account, or connect ${account.name} as a new one.`;
  return new Refusal("conflict", message, { reason: "other_account" });
}

/** The connection to renew: the one the person named, or the one this account already has. */
function presentConnection(ctx: PersonCtx, { client, attempt, account }: Walk): Promise<Connection | null> {
  const own = { personId: ctx.actor.personId, connector: client.connector.id };
  if (attempt.connectionId) return ctx.db.connection.findFirst({ where: { id: attempt.connectionId, ...own } });
  return ctx.db.connection.findFirst({ where: { ...own, ...ACCOUNTS, accountId: account.id, status: { not: "disconnected" } } });
}

async function connect(ctx: PersonCtx, walk: Walk): Promise<Completed> {
  const now = ctx.clock.now();
  const id = newId("con", now);
  await change(ctx, "connection.create", async (tx, row) => {
    describe(row, id, walk);
    const whose = { id, personId: ctx.actor.personId, connector: walk.client.connector.id, accountId: walk.account.id };
    await tx.connection.create({ data: { ...whose, ...columns(ctx, id, walk, now), connectedAt: now } });
  });
  return { connectionId: id, outcome: "connected" };
}

async function reconnect(ctx: PersonCtx, walk: Walk, present: Connection): Promise<Completed> {
  const now = ctx.clock.now();
  await change(ctx, "connection.reconnect", async (tx, row) => {
    describe(row, present.id, walk);
    row.target = targetOf(walk.client.connector.name, { accountName: walk.account.name, parentId: present.parentId });
    const standing = { status: "active", statusNote: null, disconnectedAt: null, connectedAt: now, tokenVersion: { increment: 1 } };
    await tx.connection.update({ where: { id: present.id }, data: { ...columns(ctx, present.id, walk, now), ...standing } });
    // They came from the consent before this one and may have ended with it: none is handed out again.
    await tx.lentToken.updateMany({ where: { connectionId: present.id, endedAt: null, ending: null }, data: { ending: "left_behind" } });
  });
  return { connectionId: present.id, outcome: "reconnected" };
}

/** What a walk leaves in the connection's columns. */
function columns(ctx: PersonCtx, connectionId: string, walk: Walk, now: Date) {
  const { answer, account, apiBase } = walk;
  const tokens = { ...sealTokens(ctx, connectionId, answer), accessExpiresAt: expiryOf(answer, now), ...NOTHING_BEGAN };
  return { ...tokens, accountName: account.name, apiBase, providerScopes: grantedScopes(walk) };
}

/** What the SaaS says it granted is believed; where it says nothing it granted what was asked (RFC 6749 section 5.1). */
function grantedScopes({ answer, attempt }: Walk): string[] {
  return answer.scopes ?? [...attempt.scopes];
}

function describe(row: ChangeRow, connectionId: string, walk: Walk): void {
  row.target = `${walk.client.connector.name}: ${walk.account.name}`;
  row.connector = walk.client.connector.id;
  row.connectionId = connectionId;
  row.scopes = grantedScopes(walk);
}
