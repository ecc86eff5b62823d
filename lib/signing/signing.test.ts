import { createLocalJWKSet, decodeProtectedHeader, type JSONWebKeySet, jwtVerify } from "jose";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { asActor, type Core, type PersonCtx } from "../ctx";
import { openDatabase, writingSide } from "../db";
import { send } from "../testing/builders";
import { person, rows, TEST_ISSUER, type TestCore, testCore } from "../testing/core";
import { refusalOf } from "../testing/refusal";
import type { AccessClaims } from "../tokens/signer";
import { listSigningKeys } from "./list";
import { openSigner } from "./open";
import { newSigningKey } from "./record";
import { rotateSigningKey } from "./rotate";
import { sweepSigningKeys } from "./sweep";

const HERE = `${TEST_ISSUER}/proxy/demo`;
const claims: AccessClaims = {
  sub: "per_01kjpt2v000000000000000001",
  aud: HERE,
  client_id: "agt_01kjpt2v000000000000000002",
  jti: "use_01kjpt2v000000000000000003",
  scope: "issues:read",
};

/** Two processes on one database, by one clock. */
let one: TestCore;
let other: Core;
let admin: PersonCtx;
let closeOther: () => Promise<void>;
beforeEach(async () => {
  const base = await testCore();
  const elsewhere = openDatabase(base.databaseUrl);
  const both = [base, { ...base, db: elsewhere.db }];
  const [first, second] = await Promise.all(both.map((core) => openSigner(core)));
  one = { ...base, signer: first as Core["signer"] };
  other = { ...base, db: elsewhere.db, signer: second as Core["signer"] };
  closeOther = () => elsewhere.close();
  admin = asActor(one, (await person(base, { role: "admin" })).actor);
});
afterEach(async () => {
  await closeOther();
  await one.close();
});

const now = () => one.clock.now();
const inMinutes = (count: number) => new Date(now().getTime() + count * 60_000);
const tokenOf = (core: Core, minutes = 15) => core.signer.sign(claims, now(), inMinutes(minutes));
const kidOf = (token: string) => decodeProtectedHeader(token).kid;
const kidsOf = async (core: Core) => (await core.signer.jwks(now())).keys.map(({ kid }) => kid);
const eventsOf = async () => (await rows(one)).map(({ event }) => event);

/** A verifier that keeps the JWKS for as long as it is told to: it asks either process. */
function verifier() {
  let kept: { at: number; ends: number; jwks: JSONWebKeySet } | null = null;
  let turn = 0;
  const fetchKeys = async () => {
    turn += 1;
    const answer = await send(turn % 2 ? one : (other as TestCore), "/oauth/jwks");
    const seconds = Number(/max-age=(\d+)/.exec(answer.headers.get("cache-control") ?? "")?.[1]);
    return { at: now().getTime(), ends: now().getTime() + seconds * 1000, jwks: (await answer.json()) as JSONWebKeySet };
  };
  return async (token: string) => {
    if (!kept || kept.ends <= now().getTime()) kept = await fetchKeys();
    const options = { issuer: TEST_ISSUER, audience: HERE, typ: "at+jwt", currentDate: now() };
    await jwtVerify(token, createLocalJWKSet(kept.jwks), options);
  };
}

interface Issued {
  readonly token: string;
  readonly ends: Date;
}

/** Of those that live: the latest two, and a ninth of the others, another one each time. */
function someOf(issued: readonly Issued[], step: number): string[] {
  const live = issued.filter(({ ends }) => ends > now());
  return live.filter((_, index) => index % 9 === step % 9 || index >= live.length - 2).map(({ token }) => token);
}

describe("two processes that start on an empty database at once", () => {
  test("have one key between them, and one row for it", async () => {
    expect(await one.db.signingKey.count()).toBe(1);
    expect((await eventsOf()).filter((event) => event === "signing_key.create")).toHaveLength(1);
    expect(await kidsOf(one)).toEqual(await kidsOf(other));
    expect(await other.signer.verify(await tokenOf(one), HERE, now())).toMatchObject(claims);
  });
});

describe("a new signing key", () => {
  test("is published at once, and signs ten minutes later", async () => {
    const old = kidOf(await tokenOf(one));
    const { kid, activeFrom } = await rotateSigningKey(admin);
    expect(activeFrom).toEqual(inMinutes(10));
    expect(await kidsOf(one)).toEqual([old, kid]);
    expect(kidOf(await tokenOf(one))).toBe(old);
    one.clock.advance({ minutes: 10, milliseconds: -1 });
    expect(kidOf(await tokenOf(one))).toBe(old);
    one.clock.advance({ milliseconds: 1 });
    expect(kidOf(await tokenOf(one))).toBe(kid);
    expect((await rows(one)).at(-1)).toMatchObject({
      event: "signing_key.rotate",
      personId: admin.actor.personId,
      target: `Signing key ${kid}`,
    });
  });

  test("is known by the other process within a minute", async () => {
    const { kid } = await rotateSigningKey(admin);
    one.clock.advance({ seconds: 59 });
    expect(await kidsOf(other)).not.toContain(kid);
    one.clock.advance({ seconds: 1 });
    expect(await kidsOf(other)).toContain(kid);
  });

  test("is refused while one is waiting: by hand, at once, and by both processes", async () => {
    const tries = await Promise.allSettled([rotateSigningKey(admin), rotateSigningKey({ ...admin, ...other, actor: admin.actor })]);
    expect(tries.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    expect(await refusalOf(rotateSigningKey(admin))).toMatchObject({ code: "conflict", reason: "key_waiting" });
    expect(await one.db.signingKey.count()).toBe(2);
  });

  test("is an admin's to make, and an auditor's to see", async () => {
    const [auditor, member] = [await person(one, { role: "auditor" }), await person(one)];
    const forbidden = { code: "forbidden", reason: "role_missing" };
    for (const ctx of [auditor, member]) expect(await refusalOf(rotateSigningKey(ctx))).toMatchObject(forbidden);
    expect(await refusalOf(listSigningKeys(member))).toMatchObject(forbidden);
    expect(await listSigningKeys(auditor)).toMatchObject([{ state: "current", algorithm: "ES256" }]);
  });

  test("is kept sealed, and nothing of the private half is told", async () => {
    await rotateSigningKey(admin);
    for (const { sealedPrivate, publicJwk, kid } of await one.db.signingKey.findMany()) {
      const jwk = JSON.parse(one.vault.open("signing", { table: "signing_keys", row: kid, column: "sealed_private" }, sealedPrivate));
      const told = JSON.stringify([await one.signer.jwks(now()), await listSigningKeys(admin), await rows(one), sealedPrivate, publicJwk]);
      expect(told).not.toContain(jwk.d);
    }
  });
});

describe("rotation breaks no verifier", () => {
  test("a token of the old key is good before, during and after, until it ends", async () => {
    const first = await tokenOf(one);
    await rotateSigningKey(admin);
    one.clock.advance({ minutes: 9, seconds: 59 });
    const late = await tokenOf(other);
    expect(await one.signer.verify(first, HERE, now())).toMatchObject(claims);
    one.clock.advance({ minutes: 5 });
    for (const core of [one, other]) {
      expect(await core.signer.verify(first, HERE, now())).toMatchObject(claims);
      expect(await core.signer.verify(late, HERE, now())).toMatchObject(claims);
    }
    one.clock.advance({ minutes: 1 });
    expect(await refusalOf(one.signer.verify(first, HERE, now()))).toMatchObject({ reason: "token_expired" });
  });

  test("whoever keeps the JWKS as long as it is told to never meets a key that it does not know, from either process", async () => {
    const verify = [verifier(), verifier(), verifier()];
    const issued: Issued[] = [];
    for (let step = 0; step < 120; step += 1) {
      if (step === 10) await rotateSigningKey(admin);
      await sweepSigningKeys(step % 2 ? one : other);
      const minutes = [60, 15, 15][step % 3] as number;
      const tokens = await Promise.all([one, other].map((core) => tokenOf(core, minutes)));
      issued.push(...tokens.map((token) => ({ token, ends: inMinutes(minutes) })));
      for (const token of someOf(issued, step)) await verify[step % 3]?.(token);
      one.clock.advance({ seconds: 94 });
    }
    expect(new Set(issued.map(({ token }) => kidOf(token))).size).toBe(2);
    expect((await listSigningKeys(admin)).map(({ state }) => state)).toEqual(["current", "retired"]);
  });

  test("the old key is retired once its last token has ended, by one sweep of many, and leaves the JWKS", async () => {
    const old = kidOf(await tokenOf(one));
    const { kid } = await rotateSigningKey(admin);
    one.clock.advance({ minutes: 10 });
    expect((await listSigningKeys(admin)).map(({ state }) => state)).toEqual(["current", "previous"]);
    one.clock.advance({ minutes: 65, milliseconds: -1 });
    await sweepSigningKeys(one);
    expect(await kidsOf(one)).toEqual([old, kid]);
    one.clock.advance({ milliseconds: 1 });
    await Promise.all([one, other, one, other].map(sweepSigningKeys));
    one.clock.advance({ minutes: 1 });
    for (const core of [one, other]) expect(await kidsOf(core)).toEqual([kid]);
    expect((await eventsOf()).filter((event) => event === "signing_key.retire")).toHaveLength(1);
  });

  test("no token outlives what a key is kept published for", async () => {
    await tokenOf(one, 60);
    await expect(one.signer.sign(claims, now(), new Date(inMinutes(60).getTime() + 1000))).rejects.toThrow("an hour at most");
  });
});

test("after ninety days the next key is made, by one sweep of many", async () => {
  one.clock.advance({ days: 90, milliseconds: -1 });
  await sweepSigningKeys(one);
  expect(await one.db.signingKey.count()).toBe(1);
  one.clock.advance({ milliseconds: 1 });
  await Promise.all([one, other, one, other].map(sweepSigningKeys));
  await sweepSigningKeys(other);
  expect(await one.db.signingKey.count()).toBe(2);
  expect((await rows(one)).filter(({ event }) => event === "signing_key.rotate")).toMatchObject([{ acting: "system", personId: null }]);
});

describe("a process that has not read the newest key", () => {
  test("looks again for a token of ours that names it, and not for noise", async () => {
    await kidsOf(other);
    const fresh = await behindItsBack();
    expect(await refusalOf(other.signer.verify(fresh, HERE, now()))).toMatchObject({ reason: "token_unknown" });
    one.clock.advance({ seconds: 10 });
    expect(await other.signer.verify(fresh, HERE, now())).toMatchObject(claims);
  });

  test("goes on for five minutes while the database is away, and then signs and publishes nothing", async () => {
    const away = { ...one, db: one.db };
    const signer = await openSigner(away);
    await one.signer.jwks(now());
    const gone = openDatabase(one.databaseUrl);
    await gone.close();
    Object.assign(away, { db: gone.db });
    one.clock.advance({ minutes: 5, milliseconds: -1 });
    expect(kidOf(await signer.sign(claims, now(), inMinutes(5)))).toBe((await signer.jwks(now())).keys[0]?.kid);
    one.clock.advance({ milliseconds: 1 });
    await expect(signer.sign(claims, now(), inMinutes(5))).rejects.toThrow("after calling end");
    await expect(signer.jwks(now())).rejects.toThrow("after calling end");
    await expect(signer.verify(await tokenOf(one), HERE, now())).rejects.toThrow("after calling end");
  });
});

/** A token by a key that another process made active at once: a restored backup, an operator's hand. */
async function behindItsBack(): Promise<string> {
  one.clock.advance({ milliseconds: 1 });
  await writingSide(one.db).prisma.signingKey.create({ data: await newSigningKey(one, 0) });
  await one.signer.reload(now());
  return tokenOf(one);
}
