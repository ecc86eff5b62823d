import { change, touch } from "../activity/change";
import type { Core, PersonActor, PersonCtx } from "../ctx";
import type { Tx } from "../db";
import { notFound, Refusal } from "../errors";
import { newId } from "../ids";
import { hashSecret, lastFour, newSecret, secretKind } from "../tokens/secret";
import { actorOf, PERSON_COLUMNS } from "./person";
import { NAME_CHARACTERS_MAX, readText, readWhole } from "./rules";

export const TOKEN_LIFETIME_DAYS_MAX = 365;
export const TOKEN_LIFETIME_DAYS_DEFAULT = 90;
export const LIVE_TOKENS_MAX = 20;
const TOUCH_SECONDS = 60;
const DAY_MILLISECONDS = 24 * 60 * 60 * 1000;

export interface NewPersonalToken {
  readonly id: string;
  /** `vlt_pat_...`, shown once; only its hash is kept. */
  readonly token: string;
  readonly expiresAt: Date;
}

export interface PersonalTokenSummary {
  readonly id: string;
  readonly name: string;
  readonly lastFour: string;
  readonly createdAt: Date;
  readonly expiresAt: Date;
  readonly lastUsedAt: Date | null;
}

/**
 * Makes a key to the REST API with all that its person may do. In the browser only: a token that leaked must not make its own
 * successor. Refuses with `conflict` at twenty live ones.
 */
export async function createPersonalToken(
  ctx: PersonCtx,
  input: { readonly name: string; readonly lifetimeDays?: number },
): Promise<NewPersonalToken> {
  if (ctx.actor.via !== "browser")
    throw new Refusal("forbidden", "An API token cannot make another. Sign in and make it on your Account page.");
  const name = readText("name", input.name, NAME_CHARACTERS_MAX);
  const days = readWhole("lifetimeDays", input.lifetimeDays ?? TOKEN_LIFETIME_DAYS_DEFAULT, 1, TOKEN_LIFETIME_DAYS_MAX, "days");
  return change(ctx, "personal_token.create", async (tx, row) => {
    const [token, createdAt, personId] = [newSecret("pat"), ctx.clock.now(), ctx.actor.personId];
    await refuseTooMany(tx, personId, createdAt);
    const expiresAt = new Date(createdAt.getTime() + days * DAY_MILLISECONDS);
    const id = newId("pat", createdAt);
    await tx.personalToken.create({
      data: { id, personId, name, hash: hashSecret(token), lastFour: lastFour(token), createdAt, expiresAt },
    });
    row.target = name;
    row.detail = { tokenId: id, expiresAt: expiresAt.toISOString() };
    return { id, token, expiresAt };
  });
}

/** The actor's own live tokens, newest first. */
export function listPersonalTokens(ctx: PersonCtx): Promise<PersonalTokenSummary[]> {
  return ctx.db.personalToken.findMany({
    where: { personId: ctx.actor.personId, ...live(ctx.clock.now()) },
    orderBy: { id: "desc" },
    select: { id: true, name: true, lastFour: true, createdAt: true, expiresAt: true, lastUsedAt: true },
  });
}

/** Ends one of the actor's own tokens at once. */
export async function revokePersonalToken(ctx: PersonCtx, input: { readonly tokenId: string }): Promise<void> {
  await change(ctx, "personal_token.revoke", async (tx, row) => {
    const where = { id: input.tokenId, personId: ctx.actor.personId, revokedAt: null };
    const [token] = await tx.personalToken.updateManyAndReturn({ where, data: { revokedAt: ctx.clock.now() }, select: { name: true } });
    if (!token) throw notFound("API token");
    row.target = token.name;
    row.detail = { tokenId: input.tokenId };
  });
}

/**
 * Who a bearer token of the REST API belongs to. Takes `core`: nobody is known yet. The checksum is looked at first, so that noise never
 * reaches the database. Refuses with `invalid_token`, the same for every cause.
 */
export async function authenticatePerson(core: Core, token: string): Promise<PersonActor> {
  if (secretKind(token) !== "pat") throw unknownToken();
  const now = core.clock.now();
  const where = { hash: hashSecret(token), ...live(now), person: { status: "active" } };
  const found = await core.db.personalToken.findFirst({
    where,
    select: { id: true, lastUsedAt: true, person: { select: PERSON_COLUMNS } },
  });
  if (!found) throw unknownToken();
  if (!found.lastUsedAt || now.getTime() - found.lastUsedAt.getTime() >= TOUCH_SECONDS * 1000) {
    await touch(core, (tx) => tx.personalToken.update({ where: { id: found.id }, data: { lastUsedAt: now } }));
  }
  return actorOf(found.person, "token");
}

function live(now: Date) {
  return { revokedAt: null, expiresAt: { gt: now } };
}

/** The person is held, so that parallel requests count each other's tokens. */
async function refuseTooMany(tx: Tx, personId: string, now: Date): Promise<void> {
  await tx.$queryRaw`SELECT id FROM people WHERE id = ${personId} FOR UPDATE`;
  if ((await tx.personalToken.count({ where: { personId, ...live(now) } })) < LIVE_TOKENS_MAX) return;
  throw new Refusal("conflict", `You have ${LIVE_TOKENS_MAX} API tokens. Revoke one that you no longer use.`, {
    reason: "too_many_tokens",
  });
}

function unknownToken(): Refusal {
  return new Refusal("invalid_token", "This API token is unknown or has ended. Make a new one on your Account page.", {
    reason: "token_unknown",
  });
}
