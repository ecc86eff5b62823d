import { mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import type { PersonCtx } from "../ctx";
import { TEST_START } from "../testing/clock";
import { person, rows, type TestCore } from "../testing/core";
import { bundle, type ForeignKey, type ForeignServer, foreignCore, foreignKey, foreignServer, jwks, minter } from "../testing/foreign";
import { type ForeignFault, ForeignRefused } from "../tokens/foreignJwt";
import { addIssuer } from "./add";
import { listIssuers } from "./list";
import { refreshIssuer } from "./refresh";
import { disableIssuer, enableIssuer } from "./status";
import { verifyWorkload } from "./verify";

let core: TestCore;
let admin: PersonCtx;
let server: ForeignServer;
let folder: string;
let [one, two]: ForeignKey[] = [];
beforeAll(async () => {
  [core, server, folder] = await Promise.all([foreignCore(), foreignServer(), mkdtemp(join(tmpdir(), "valet-trust-"))]);
  admin = await person(core, { role: "admin" });
  [one, two] = await Promise.all([foreignKey("one"), foreignKey("two")]);
});
afterEach(() => {
  vi.restoreAllMocks();
  core.clock.set(TEST_START);
});
afterAll(async () => {
  await Promise.all([core.close(), server.close(), rm(folder, { recursive: true })]);
});

const key = (which: ForeignKey | undefined) => which as ForeignKey;
let count = 0;
const unique = () => {
  count += 1;
  return `t${count}`;
};
const mint = (which: ForeignKey | undefined, claims: object) =>
  minter(core)({ key: key(which), claims: claims as Record<string, unknown> });

async function outcome(work: Promise<unknown>): Promise<ForeignFault | "verified"> {
  try {
    await work;
    return "verified";
  } catch (error) {
    if (error instanceof ForeignRefused) return error.fault;
    throw error;
  }
}

/** A trust domain with its bundle at an address of its own. */
async function domain(first: object) {
  const name = `${unique()}.example.org`;
  const path = `/${name}/bundle`;
  server.answers[path] = first;
  const issuer = await addIssuer(admin, { kind: "spiffe", name, issuer: `spiffe://${name}`, keysFrom: "url", keysAt: server.url + path });
  const show = async (which: ForeignKey | undefined, sub = `spiffe://${name}/agent`) =>
    outcome(verifyWorkload(core, "jwt-spiffe", await mint(which, { sub })));
  const looks = () => server.asked.filter((asked) => asked === path).length;
  const view = async () => (await listIssuers(admin)).find(({ id }) => id === issuer.id);
  return { issuer, name, path, show, looks, view };
}

/** An OpenID provider: its discovery document, and its keys elsewhere. */
async function provider(set: object, change: Record<string, unknown> = {}) {
  const base = `${server.url}/${unique()}`;
  const path = base.slice(server.url.length);
  server.answers[`${path}/.well-known/openid-configuration`] = { issuer: base, jwks_uri: `${base}/keys`, ...change };
  server.answers[`${path}/keys`] = set;
  const issuer = await addIssuer(admin, { kind: "oidc", name: path, issuer: base, keysFrom: "discovery" });
  const show = async (which: ForeignKey | undefined, claims: object = {}) =>
    outcome(verifyWorkload(core, "jwt-bearer", await mint(which, { iss: base, sub: "job", ...claims })));
  const looks = () => server.asked.filter((asked) => asked === `${path}/keys`).length;
  return { base, path, issuer, show, looks };
}

describe("keys of an OpenID provider", () => {
  it("are found by discovery, fetched once, and fetched again when their time is up, without a restart", async () => {
    const { issuer, path, show, looks } = await provider(jwks(key(one)));
    expect(issuer).toMatchObject({ state: "healthy", kids: ["one"], failure: null });
    expect([await show(one), await show(one), looks()]).toEqual(["verified", "verified", 1]);
    server.answers[`${path}/keys`] = jwks(key(two));
    core.clock.advance({ seconds: 3599 });
    expect([await show(one), looks()]).toEqual(["verified", 1]);
    core.clock.advance({ seconds: 1 });
    expect([await show(one), await show(two), looks()]).toEqual(["key_unknown", "verified", 2]);
  });

  it("are kept as long as their server says, within five minutes and a day", async () => {
    for (const [maxAge, seconds] of [
      [1, 300],
      [900, 900],
      [10_000_000, 86_400],
    ] as const) {
      const { path, show, looks } = await provider(jwks(key(one)));
      const body = JSON.stringify(jwks(key(one)));
      server.answers[`${path}/keys`] = () => ({ headers: { "cache-control": `public, max-age=${maxAge}, must-revalidate` }, body });
      await refreshIssuer(admin, { issuerId: (await listIssuers(admin)).find(({ name }) => name === path)?.id ?? "" });
      const before = looks();
      core.clock.advance({ seconds: seconds - 1 });
      expect([maxAge, await show(one), looks() - before]).toEqual([maxAge, "verified", 0]);
      core.clock.advance({ seconds: 1 });
      expect([maxAge, await show(one), looks() - before]).toEqual([maxAge, "verified", 1]);
      core.clock.set(TEST_START);
    }
  });

  it("are looked at again for a key that is new, at most once a minute whoever asks", async () => {
    const { path, show, looks } = await provider(jwks(key(one)));
    server.answers[`${path}/keys`] = jwks(key(one), key(two));
    expect([await show(two), looks()]).toEqual(["key_unknown", 1]);
    core.clock.advance({ seconds: 60 });
    expect(await Promise.all([show(two), show(two), show(two)])).toEqual(["verified", "verified", "verified"]);
    expect(looks()).toBe(2);
    const stranger = await foreignKey("stranger");
    expect(await Promise.all([show(stranger), show(stranger)])).toEqual(["key_unknown", "key_unknown"]);
    core.clock.advance({ seconds: 59 });
    expect([await show(stranger), looks()]).toEqual(["key_unknown", 2]);
    core.clock.advance({ seconds: 1 });
    expect([await show(stranger), await show(stranger), looks()]).toEqual(["key_unknown", "key_unknown", 3]);
  });

  it("are never taken from where the token says, or from another issuer's discovery document", async () => {
    const { issuer } = await provider(jwks(key(one)), { issuer: "https://other.example.com" });
    expect(issuer).toMatchObject({ state: "no_keys", failure: { sentence: "Its discovery document is that of another issuer." } });
    const plain = await provider(jwks(key(one)), { jwks_uri: "http://keys.example.com/k" });
    expect(plain.issuer.failure?.sentence).toBe("Its discovery document names no https address of its keys.");
    expect(await plain.show(one)).toBe("key_unknown");
    const { show, base } = await provider(jwks(key(one)));
    expect(await show(one, { iss: `${base}/` })).toBe("issuer");
    expect(await show(one, { iss: base.toUpperCase() })).toBe("issuer");
    expect(await show(one, { iss: undefined })).toBe("issuer");
  });

  it("stay when a look fails, say why and when they were fetched, and are not asked for again within the minute", async () => {
    const { path, issuer, show, looks } = await provider(jwks(key(one)));
    core.clock.advance({ hours: 2 });
    const failures: [ForeignServer["answers"][string], string][] = [
      [() => ({ status: 500, body: "oops" }), `${new URL(server.url).host} answered with status 500.`],
      [() => ({ status: 302, headers: { location: "https://evil.example.com" } }), `${new URL(server.url).host} answered with status 302.`],
      [() => ({ body: "<html>" }), "It is no JSON object."],
      [() => ({ body: "[]" }), "It is no JSON object."],
      [{ keys: "none" }, "It is JSON, but no key set: it has no list of keys."],
      [{ keys: [] }, "It has no key that can verify a token."],
      [{ keys: [{ kty: "oct", k: "AAAA", kid: "s" }] }, "It has no key that can verify a token."],
      [() => ({ body: `{"keys":[${" ".repeat(300_000)}]}` }), `${new URL(server.url).host} answered more than 256 KiB.`],
    ];
    for (const [answer, sentence] of failures) {
      server.answers[`${path}/keys`] = answer;
      const before = looks();
      expect(await Promise.all([show(one), show(one)])).toEqual(["verified", "verified"]);
      expect(await show(one)).toBe("verified");
      const view = (await listIssuers(admin)).find(({ id }) => id === issuer.id);
      expect(view).toMatchObject({
        state: "failing",
        kids: ["one"],
        fetchedAt: new Date(TEST_START),
        failure: { at: core.clock.now(), sentence },
      });
      expect(looks() - before).toBe(1);
      core.clock.advance({ seconds: 60 });
    }
    server.answers[`${path}/keys`] = jwks(key(one));
    expect(await show(one)).toBe("verified");
    expect((await listIssuers(admin)).find(({ id }) => id === issuer.id)).toMatchObject({ state: "healthy", failure: null });
  });

  it("are waited for five seconds in all, and their host may not be a private one that nobody named", async () => {
    const { issuer } = await provider(jwks(key(one)));
    const deadline = new AbortController();
    const timeout = vi.spyOn(AbortSignal, "timeout").mockReturnValue(deadline.signal);
    const silent: typeof fetch = (_input, init) =>
      new Promise((_resolve, reject) => {
        init?.signal?.addEventListener("abort", () => reject(new Error("aborted")));
        deadline.abort();
      });
    const { host } = new URL(server.url);
    const late = await refreshIssuer({ ...admin, fetch: silent }, { issuerId: issuer.id });
    expect(timeout.mock.calls).toEqual([[5_000]]);
    expect(late).toMatchObject({ state: "failing", failure: { sentence: `${host} did not answer within 5 seconds.` } });
    vi.restoreAllMocks();
    const { guardedDispatcher, guardedFetch } = await import("../net/guard");
    const guarded = { ...admin, fetch: guardedFetch(guardedDispatcher(new Set())) };
    const sentence = `${host} is a private address. Paste the keys, or give a file.`;
    expect(await refreshIssuer(guarded, { issuerId: issuer.id })).toMatchObject({ failure: { sentence } });
  });
});

describe("a SPIFFE bundle", () => {
  it("verifies for its own trust domain only: a kid that two domains share means two keys", async () => {
    const other = { ...(await foreignKey("one")), kid: "one" };
    const [ours, theirs] = [await domain(bundle([key(one)])), await domain(bundle([other]))];
    expect([await ours.show(one), await theirs.show(other)]).toEqual(["verified", "verified"]);
    expect([await ours.show(other), await theirs.show(one)]).toEqual(["signature", "signature"]);
    expect(await ours.show(one, `spiffe://${theirs.name}/agent`)).toBe("signature");
    expect(await ours.show(one, "spiffe://unknown.example.org/agent")).toBe("issuer");
    for (const sub of [
      `spiffe://${ours.name}/a/../b`,
      `spiffe://${ours.name}/a%2fb`,
      `spiffe://${ours.name}//a`,
      `https://${ours.name}/a`,
    ]) {
      expect([sub, await ours.show(one, sub)]).toEqual([sub, "issuer"]);
    }
  });

  it("is not taken for a platform's keys, nor a platform's keys for a bundle", async () => {
    const { name } = await domain(bundle([key(one)]));
    const token = await mint(one, { iss: `spiffe://${name}`, sub: `spiffe://${name}/agent` });
    expect(await outcome(verifyWorkload(core, "jwt-bearer", token))).toBe("issuer");
    const { base } = await provider(jwks(key(one)));
    expect(await outcome(verifyWorkload(core, "jwt-spiffe", await mint(one, { iss: base, sub: "job" })))).toBe("issuer");
  });

  it("counts only keys for JWT-SVIDs that have a name", async () => {
    const x509 = { ...key(one).publicJwk, use: "x509-svid" };
    const nameless = { ...key(two).publicJwk, use: "jwt-svid", kid: undefined };
    const useless = { ...key(two).publicJwk, kid: "three" };
    const { show, view } = await domain({ keys: [x509, nameless, useless] });
    expect([await show(one), await show(two)]).toEqual(["key_unknown", "key_unknown"]);
    expect(await view()).toMatchObject({ state: "no_keys", kids: [] });
  });

  it("that is empty revokes the trust domain, as soon as it is seen", async () => {
    const { path, show, view } = await domain(bundle([key(one)], { spiffe_sequence: 1 }));
    server.answers[path] = { keys: [], spiffe_sequence: 2 };
    core.clock.advance({ seconds: 299 });
    expect(await show(one)).toBe("verified");
    core.clock.advance({ seconds: 1 });
    expect(await show(one)).toBe("key_unknown");
    expect(await view()).toMatchObject({ state: "no_keys", kids: [], failure: null, sequence: "2" });
  });

  it("is looked at as often as it asks, between a minute and a day", async () => {
    for (const [hint, seconds] of [
      [1, 60],
      [120, 120],
      [10_000_000, 86_400],
    ] as const) {
      const { show, looks } = await domain(bundle([key(one)], { spiffe_refresh_hint: hint }));
      core.clock.advance({ seconds: seconds - 1 });
      expect([hint, await show(one), looks()]).toEqual([hint, "verified", 1]);
      core.clock.advance({ seconds: 1 });
      expect([hint, await show(one), looks()]).toEqual([hint, "verified", 2]);
      core.clock.set(TEST_START);
    }
  });

  it("whose sequence goes back, or is gone, is not taken: the one before stays", async () => {
    const { path, show, view } = await domain(bundle([key(two)], { spiffe_sequence: 7 }));
    for (const [older, said] of [
      [{ spiffe_sequence: 6 }, "6"],
      [{}, "none"],
    ] as const) {
      server.answers[path] = bundle([key(one)], older);
      core.clock.advance({ seconds: 300 });
      expect([await show(one), await show(two)]).toEqual(["key_unknown", "verified"]);
      const sentence = `The bundle is older than the one before: its sequence went from 7 to ${said}.`;
      expect(await view()).toMatchObject({ state: "failing", sequence: "7", kids: ["two"], failure: { sentence } });
    }
    server.answers[path] = bundle([key(one)], { spiffe_sequence: 8 });
    core.clock.advance({ seconds: 300 });
    expect([await show(one), await show(two)]).toEqual(["verified", "key_unknown"]);
  });

  it("has a sequence of 64 bits", async () => {
    const text = (sequence: string) => () => ({
      body: JSON.stringify(bundle([key(one)], { spiffe_sequence: 1 })).replace(/1}$/, `${sequence}}`),
    });
    const { path, view } = await domain(text("9007199254740993"));
    expect(await view()).toMatchObject({ sequence: "9007199254740993" });
    server.answers[path] = text("9007199254740992");
    core.clock.advance({ seconds: 300 });
    expect(await refreshIssuer(admin, { issuerId: (await view())?.id ?? "" })).toMatchObject({
      state: "failing",
      sequence: "9007199254740993",
    });
    server.answers[path] = text("99999999999999999999");
    expect(await refreshIssuer(admin, { issuerId: (await view())?.id ?? "" })).toMatchObject({
      failure: { sentence: "Its spiffe_sequence is no whole number." },
    });
  });

  it("of a file is read again when it was replaced on disk, without a restart", async () => {
    const [path, next] = [join(folder, "bundle.json"), join(folder, "next.json")];
    await writeFile(path, JSON.stringify(bundle([key(one)])));
    const given = { kind: "spiffe", name: "by file", issuer: "spiffe://file.example.org", keysFrom: "file", keysAt: path } as const;
    const issuer = await addIssuer(admin, given);
    const show = async (which: ForeignKey | undefined) =>
      outcome(verifyWorkload(core, "jwt-spiffe", await mint(which, { sub: "spiffe://file.example.org/agent" })));
    expect([await show(one), await show(two)]).toEqual(["verified", "key_unknown"]);
    await writeFile(next, JSON.stringify(bundle([key(two)])));
    await rename(next, path);
    core.clock.advance({ seconds: 60 });
    expect([await show(one), await show(two)]).toEqual(["key_unknown", "verified"]);
    await rm(path);
    core.clock.advance({ seconds: 60 });
    expect(await show(two)).toBe("verified");
    const shown = async () => (await listIssuers(admin)).find(({ id }) => id === issuer.id);
    expect(await shown()).toMatchObject({ state: "failing", failure: { sentence: "There is no file at that path." } });
    expect(await refreshIssuer(admin, { issuerId: issuer.id })).toMatchObject({ state: "failing", kids: ["two"] });
  });
});

describe("an issuer", () => {
  it("that is switched off proves nothing from the next token on, and everything again when it is switched on", async () => {
    const { issuer, show, view } = await domain(bundle([key(one)]));
    await disableIssuer(admin, { issuerId: issuer.id });
    expect([await show(one), (await view())?.state]).toEqual(["issuer", "disabled"]);
    await enableIssuer(admin, { issuerId: issuer.id });
    expect([await show(one), (await view())?.state]).toEqual(["verified", "healthy"]);
  });

  it("leaves a row for keys that changed, for none that did not, and for every look of an admin", async () => {
    const { issuer, name, path, show } = await domain(bundle([key(one)]));
    const of = async () => (await rows(core)).filter(({ event, target }) => event === "trusted_issuer.refresh" && target === name);
    expect(await of()).toMatchObject([{ acting: "person", reason: "keys_fetched", detail: { added: ["one"], removed: [] } }]);
    core.clock.advance({ seconds: 300 });
    await show(one);
    expect(await of()).toHaveLength(1);
    server.answers[path] = bundle([key(two)]);
    core.clock.advance({ seconds: 300 });
    await show(two);
    expect((await of()).at(-1)).toMatchObject({ acting: "system", personId: null, detail: { added: ["two"], removed: ["one"] } });
    server.answers[path] = {};
    await refreshIssuer(admin, { issuerId: issuer.id });
    expect(await of()).toHaveLength(3);
    expect((await of()).at(-1)).toMatchObject({ acting: "person", personId: admin.actor.personId, reason: "keys_failed" });
  });

  it("that another process has just looked at is left as it was left: an old answer never comes after a new one", async () => {
    const { path, issuer, show } = await domain(bundle([key(one)], { spiffe_sequence: 1 }));
    core.clock.advance({ seconds: 300 });
    let isSlow = true;
    const slow: typeof fetch = async (input, init) => {
      const answer = await core.fetch(input, init);
      if (!isSlow) return answer;
      isSlow = false;
      server.answers[path] = bundle([key(two)], { spiffe_sequence: 2 });
      await refreshIssuer(admin, { issuerId: issuer.id });
      return answer;
    };
    expect(await refreshIssuer({ ...admin, fetch: slow }, { issuerId: issuer.id })).toMatchObject({ kids: ["two"], sequence: "2" });
    expect([await show(one), await show(two)]).toEqual(["key_unknown", "verified"]);
  });
});
