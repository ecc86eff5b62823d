import { exportJWK, SignJWT } from "jose";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { writingSide } from "../db";
import { createOnce } from "../once";
import { type TestCore, testCore } from "../testing/core";
import { type HeldKey, makeProof, newKey, type ProofWish } from "../testing/proof";
import { refusalOf } from "../testing/refusal";
import { createVault, newRootKey } from "../vault/vault";
import { hashForProof, proveKey, thumbprintOf } from "./dpop";
import { freshNonce, judgeNonce, NONCE_SECONDS } from "./dpopNonce";

let core: TestCore;
let key: HeldKey;
beforeAll(async () => {
  core = await testCore();
  key = await newKey();
});
afterAll(() => core.close());

const HERE = { method: "POST", url: "http://valet.test/oauth/token" };
const TOKEN = "Kz~8mXK1EalYznwH-LC-1fBAo.4Ljp~zsPE_NeO.gxU";
const proof = (wish: Partial<ProofWish> = {}, by = key) => makeProof(core, by, { path: "/oauth/token", ...wish });
const claims = (given: Record<string, unknown>) => proof({ claims: given });
const header = (given: Record<string, unknown>) => proof({ header: given });

async function refused(given: string | null | Promise<string>, reason: string, code = "invalid_dpop_proof", request = HERE) {
  const refusal = await refusalOf(proveKey(core, await given, request));
  expect([refusal.code, refusal.reason]).toEqual([code, reason]);
}

describe("the vectors of the RFCs", () => {
  it("RFC 7638: the thumbprint of a key is of its required members alone", async () => {
    const jwk = {
      kty: "EC",
      crv: "P-256",
      x: "l8tFrhx-34tV3hRICRDY9zCkDlpBhF42UQUfWVAWBFs",
      y: "9VE4jf_Ok_o64zbTTlcuNJajHmt6v9TDVrU0CdvGRDA",
    };
    expect(await thumbprintOf({ ...jwk, alg: "ES256", use: "sig", kid: "1" })).toBe("0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I");
  });

  it("RFC 9449 section 7.1: the hash of a token", () => {
    expect(hashForProof(TOKEN)).toBe("fUHyO2r2Z3DZ53EsNrWBb0xWXoaNy59IiKCAqksmQEo");
  });
});

describe("a proof", () => {
  it("by each algorithm proves its key", async () => {
    for (const alg of ["ES256", "Ed25519", "EdDSA", "RS256", "PS256"]) {
      const one = await newKey(alg);
      expect([alg, await proveKey(core, await proof({}, one), HERE)]).toEqual([alg, { jkt: one.jkt, nextNonce: null }]);
    }
  });

  it("is taken with typ in the other spellings that RFC 7515 section 4.1.9 makes equal", async () => {
    for (const typ of ["DPoP+JWT", "application/dpop+jwt"])
      expect(await proveKey(core, await header({ typ }), HERE)).toMatchObject({ jkt: key.jkt });
  });

  it("is refused when it is none, two, or no JWT", async () => {
    await refused(null, "proof_missing");
    await refused("", "proof_missing");
    await refused(`${await proof()}, ${await proof()}`, "proof_twice");
    for (const text of ["x", "a.b.c", "e30.e30.", "é.e30.x", (await proof()).split(".").slice(0, 2).join(".")]) {
      const { code, reason } = await refusalOf(proveKey(core, text, HERE));
      expect([text, code]).toEqual([text, "invalid_dpop_proof"]);
      expect(["proof_malformed", "proof_typ", "proof_signature"]).toContain(reason);
    }
    await refused(claims({ filler: "x".repeat(4096) }), "proof_malformed");
    await refused(header({ crit: ["b64"], b64: true }), "proof_malformed");
  });

  it("is refused with another typ", async () => {
    for (const typ of [undefined, "JWT", "at+jwt", "dpop", "application/jwt", 1]) await refused(header({ typ }), "proof_typ");
  });

  it("is refused unsigned, or signed with a key that the other side knows", async () => {
    const [head, body] = (await proof()).split(".") as [string, string];
    const spell = (part: object) => Buffer.from(JSON.stringify(part)).toString("base64url");
    const none = { ...JSON.parse(Buffer.from(head, "base64url").toString()), alg: "none" };
    await refused(`${spell(none)}.${body}.`, "proof_alg");
    const payload = JSON.parse(Buffer.from(body, "base64url").toString());
    const shared = new SignJWT(payload).setProtectedHeader({ alg: "HS256", typ: "dpop+jwt", jwk: key.publicJwk });
    await refused(shared.sign(Buffer.from(JSON.stringify(key.publicJwk))), "proof_alg");
    await refused(proof({}, await newKey("ES384")), "proof_alg");
    await refused(proof({}, await newKey("RS512")), "proof_alg");
  });

  it("is refused when its jwk is missing, private, shared, or not one for the alg", async () => {
    for (const jwk of [undefined, "x", ["x"]]) await refused(header({ jwk }), "proof_key");
    await refused(header({ jwk: key.privateJwk }), "proof_key_private");
    for (const member of ["d", "p", "q", "dp", "dq", "qi", "oth", "k"])
      await refused(header({ jwk: { ...key.publicJwk, [member]: "" } }), "proof_key_private");
    await refused(header({ jwk: { kty: "oct" } }), "proof_signature");
    const rsa = await newKey("RS256");
    await refused(header({ jwk: rsa.publicJwk }), "proof_signature");
    await refused(proof({ header: { jwk: { ...rsa.publicJwk, e: "AQABAQABAQAB" } } }, rsa), "proof_key");
  });

  it("is refused by an RSA key of fewer than 2,048 bits", async () => {
    const pair = await crypto.subtle.generateKey(
      { name: "RSASSA-PKCS1-v1_5", modulusLength: 1024, publicExponent: new Uint8Array([1, 0, 1]), hash: "SHA-256" },
      true,
      ["sign", "verify"],
    );
    const spell = (part: object) => Buffer.from(JSON.stringify(part)).toString("base64url");
    const payload = (await proof()).split(".")[1];
    const signed = `${spell({ alg: "RS256", typ: "dpop+jwt", jwk: await exportJWK(pair.publicKey) })}.${payload}`;
    const signature = await crypto.subtle.sign("RSASSA-PKCS1-v1_5", pair.privateKey, Buffer.from(signed));
    await refused(`${signed}.${Buffer.from(signature).toString("base64url")}`, "proof_signature");
  });

  it("is refused with a signature by another key, or of other claims", async () => {
    const other = await newKey();
    await refused(proof({ header: { jwk: other.publicJwk } }), "proof_signature");
    const [one, two] = [(await proof()).split("."), (await proof()).split(".")];
    await refused([one[0], two[1], one[2]].join("."), "proof_signature");
  });

  it("is refused without each claim that it needs, or with one of another type", async () => {
    for (const name of ["jti", "htm", "htu", "iat"]) await refused(claims({ [name]: undefined }), "proof_claims");
    await refused(claims({ jti: "" }), "proof_claims");
    await refused(claims({ jti: 1 }), "proof_claims");
    await refused(claims({ htu: ["http://valet.test/oauth/token"] }), "proof_claims");
  });

  it("is refused for another method, in any spelling", async () => {
    for (const htm of ["GET", "post", "PUT", ""]) await refused(claims({ htm }), "proof_htm");
  });

  it("is refused for another address", async () => {
    const others = [
      "https://valet.test/oauth/token",
      "http://valet.test:8080/oauth/token",
      "http://valet.test.evil.test/oauth/token",
      "http://evil.test/oauth/token",
      "http://valet.test/oauth/token/",
      "http://valet.test/oauth/Token",
      "http://valet.test/oauth",
      "http://valet.test/oauth/token?",
      "http://valet.test/oauth/token?x=1",
      "http://valet.test/oauth/token#x",
      "http://me@valet.test/oauth/token",
      "/oauth/token",
      "",
    ];
    for (const htu of others) await refused(claims({ htu }), "proof_htu");
  });

  it("may spell its address as RFC 3986 makes equal ones equal, and the request may have a query", async () => {
    const same = [
      "HTTP://VALET.test/oauth/token",
      "http://valet.test:80/oauth/token",
      "http://valet.test/%6Fauth/token",
      "http://valet.test/x/../oauth/token",
    ];
    for (const htu of same) expect(await proveKey(core, await claims({ htu }), HERE)).toMatchObject({ jkt: key.jkt });
    const slash = { method: "POST", url: "http://valet.test/proxy/gitlab/a%2fb?x=1" };
    expect(await proveKey(core, await claims({ htu: "http://valet.test/proxy/gitlab/a%2Fb" }), slash)).toMatchObject({ jkt: key.jkt });
    await refused(claims({ htu: "http://valet.test/proxy/gitlab/a/b" }), "proof_htu", "invalid_dpop_proof", slash);
  });

  it("is refused more than two minutes before or after it was made, and taken up to then", async () => {
    const now = core.clock.now().getTime() / 1000;
    await refused(claims({ iat: now - 121 }), "proof_iat");
    await refused(claims({ iat: now + 121 }), "proof_iat");
    for (const iat of [now - 120, now + 120]) expect(await proveKey(core, await claims({ iat }), HERE)).toMatchObject({ jkt: key.jkt });
  });
});

describe("a nonce", () => {
  it("is asked for, and is ours", async () => {
    await refused(claims({ nonce: undefined }), "nonce_missing", "use_dpop_nonce");
    for (const nonce of ["x", "", 1, null, `${freshNonce(core)}x`]) await refused(claims({ nonce }), "nonce_unknown", "use_dpop_nonce");
  });

  it("is taken while it is the newest, and as long again, with the next one told", async () => {
    const nonce = freshNonce(core);
    const begun = core.clock.now();
    core.clock.advance({ seconds: NONCE_SECONDS });
    expect(freshNonce(core)).not.toBe(nonce);
    expect(await proveKey(core, await claims({ nonce }), HERE)).toEqual({ jkt: key.jkt, nextNonce: freshNonce(core) });
    core.clock.advance({ seconds: NONCE_SECONDS });
    await refused(claims({ nonce }), "nonce_unknown", "use_dpop_nonce");
    expect(core.clock.now().getTime() - begun.getTime()).toBe(2 * NONCE_SECONDS * 1000);
  });

  it("is the same for every process with the key ring, and for no other", () => {
    const ring = newRootKey("n1");
    const [one, two] = [createVault(ring), createVault(ring)].map((vault) => ({ clock: core.clock, vault }));
    if (!one || !two) throw new Error("There are two.");
    expect(judgeNonce(two, freshNonce(one))).toBe("fresh");
    expect(judgeNonce(core, freshNonce(one))).toBe(null);
  });
});

describe("a proof is shown once", () => {
  it("to all processes together", async () => {
    const text = await proof();
    const other = { ...core, once: createOnce(writingSide(core.db).pool) };
    expect(await proveKey(core, text, HERE)).toMatchObject({ jkt: key.jkt });
    await refused(text, "proof_replayed");
    expect(await refusalOf(proveKey(other, text, HERE))).toMatchObject({ code: "invalid_dpop_proof", reason: "proof_replayed" });
  });

  it("of ten shown at once, one is taken", async () => {
    const text = await proof();
    const all = await Promise.allSettled(Array.from({ length: 10 }, () => proveKey(core, text, HERE)));
    expect(all.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
  });

  it("with the same jti for the same address, however it is signed or spelled", async () => {
    await proveKey(core, await claims({ jti: "once" }), HERE);
    await refused(claims({ jti: "once", iat: core.clock.now().getTime() / 1000 - 1 }), "proof_replayed");
    await refused(claims({ jti: "once", htu: "http://valet.test:80/oauth/token" }), "proof_replayed");
    expect(await proveKey(core, await proof({ claims: { jti: "once" } }, await newKey()), HERE)).toBeTruthy();
  });

  it("and is not spent by what is refused for another cause", async () => {
    const text = await proof({ token: TOKEN });
    const other = { ...HERE, token: { text: TOKEN, jkt: "another" } };
    expect(await refusalOf(proveKey(core, text, other))).toMatchObject({ reason: "proof_other_key" });
    expect(await proveKey(core, text, { ...HERE, token: { text: TOKEN, jkt: key.jkt } })).toMatchObject({ jkt: key.jkt });
  });

  it("and is remembered while it could be taken again", async () => {
    const iat = core.clock.now().getTime() / 1000 + 60;
    const text = await claims({ iat });
    await proveKey(core, text, HERE);
    core.clock.advance({ seconds: 120 });
    await core.once.sweep(core.clock.now());
    await refused(text, "proof_replayed");
  });
});

describe("with a token", () => {
  const at = (jkt: string | undefined) => ({ ...HERE, token: { text: TOKEN, jkt } });

  it("a proof has its hash", async () => {
    expect(await refusalOf(proveKey(core, await proof(), at(key.jkt)))).toMatchObject({ reason: "proof_ath" });
    expect(await refusalOf(proveKey(core, await proof({ token: "another" }), at(key.jkt)))).toMatchObject({ reason: "proof_ath" });
  });

  it("a proof is by the key that the token is bound to", async () => {
    const other = await newKey();
    for (const jkt of [other.jkt, "", undefined])
      expect(await refusalOf(proveKey(core, await proof({ token: TOKEN }), at(jkt)))).toMatchObject({ reason: "proof_other_key" });
  });
});
