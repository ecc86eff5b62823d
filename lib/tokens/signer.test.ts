import { exportSPKI, importJWK, SignJWT, UnsecuredJWT } from "jose";
import { beforeAll, describe, expect, test } from "vitest";
import { fixedKeys } from "../testing/keys";
import { refusalOf } from "../testing/refusal";
import { type AccessClaims, createSigner, newSigningPair, type Signer, type SigningPair } from "./signer";

const ISSUER = "http://valet.test";
const HERE = "http://valet.test/proxy/demo";
const now = new Date("2026-03-02T09:00:00.000Z");
const minutes = (count: number) => new Date(now.getTime() + count * 60_000);
const claims: AccessClaims = {
  sub: "per_01kjpt2v000000000000000001",
  aud: HERE,
  client_id: "agt_01kjpt2v000000000000000002",
  jti: "use_01kjpt2v000000000000000003",
  scope: "issues:read",
  act: { sub: "agt_01kjpt2v000000000000000002" },
  grant_id: "grt_01kjpt2v000000000000000004",
  connection_id: "con_01kjpt2v000000000000000005",
};

let pair: SigningPair;
let signer: Signer;
beforeAll(async () => {
  pair = await newSigningPair("k1");
  signer = createSigner(ISSUER, fixedKeys(pair));
});

/** A token as somebody else would make it: right in all but what is changed. */
async function forged(change: { header?: object; claims?: object; by?: SigningPair } = {}): Promise<string> {
  const key = await importJWK((change.by ?? pair).privateJwk, "ES256");
  const body = { ...claims, iss: ISSUER, iat: now.getTime() / 1000, exp: minutes(5).getTime() / 1000, ...change.claims };
  return new SignJWT(body).setProtectedHeader({ alg: "ES256", typ: "at+jwt", kid: "k1", ...change.header }).sign(key);
}

const unknown = {
  code: "invalid_token",
  reason: "token_unknown",
  message: "This is not an access token of this Valet. Exchange the grant for one.",
};

describe("a Valet access token", () => {
  test("says to its place what was signed", async () => {
    const token = await signer.sign(claims, now, minutes(15));
    expect(await signer.verify(token, HERE, minutes(14))).toMatchObject({ ...claims, iss: ISSUER });
  });

  test("is accepted as the forger of this file makes it, when nothing is changed", async () => {
    expect(await signer.verify(await forged(), HERE, now)).toMatchObject(claims);
  });

  test("is refused elsewhere", async () => {
    const token = await signer.sign(claims, now, minutes(15));
    expect(await refusalOf(signer.verify(token, "http://valet.test/proxy/github", now))).toMatchObject({
      code: "invalid_token",
      reason: "token_elsewhere",
      message: "This access token is for another place. Use it at its api_base only.",
    });
  });

  test("is refused from the second it ends, with no grace", async () => {
    const token = await signer.sign(claims, now, minutes(15));
    expect(await refusalOf(signer.verify(token, HERE, minutes(15)))).toMatchObject({
      code: "invalid_token",
      reason: "token_expired",
      message: "This access token has ended. Exchange the grant for a new one.",
    });
  });

  test("is refused when another Valet issued it", async () => {
    expect(await refusalOf(signer.verify(await forged({ claims: { iss: "https://valet.example.com" } }), HERE, now))).toMatchObject(
      unknown,
    );
  });

  test.each(["JWT", "oauth-id-jag+jwt", "txntoken+jwt", "secevent+jwt", undefined])("is refused with type %s", async (typ) => {
    expect(await refusalOf(signer.verify(await forged({ header: { typ } }), HERE, now))).toMatchObject(unknown);
  });

  test("is refused without a signature", async () => {
    const token = new UnsecuredJWT({ ...claims }).setIssuer(ISSUER).setIssuedAt(now).setExpirationTime(minutes(5)).encode();
    expect(await refusalOf(signer.verify(token, HERE, now))).toMatchObject(unknown);
  });

  test("is refused when HS256 takes the public key for a secret", async () => {
    const publicKey = await importJWK(pair.publicJwk, "ES256", { extractable: true });
    const secrets = [JSON.stringify(pair.publicJwk), await exportSPKI(publicKey as CryptoKey), pair.publicJwk.x as string];
    for (const secret of secrets) {
      const header = { alg: "HS256", typ: "at+jwt", kid: "k1" };
      const key = new TextEncoder().encode(secret.padEnd(32));
      const token = await new SignJWT({ ...claims })
        .setProtectedHeader(header)
        .setIssuer(ISSUER)
        .setIssuedAt(now)
        .setExpirationTime(minutes(5))
        .sign(key);
      expect(await refusalOf(signer.verify(token, HERE, now))).toMatchObject(unknown);
    }
  });

  test("is refused when a stranger's key signed it under our key's name", async () => {
    expect(await refusalOf(signer.verify(await forged({ by: await newSigningPair("k1") }), HERE, now))).toMatchObject(unknown);
  });

  test("is refused when it brings its own key along", async () => {
    const stranger = await newSigningPair("own");
    const token = await forged({ by: stranger, header: { jwk: stranger.publicJwk, kid: "own" } });
    expect(await refusalOf(signer.verify(token, HERE, now))).toMatchObject(unknown);
  });

  test("is refused when it names a critical header that nobody knows", async () => {
    const key = await importJWK(pair.privateJwk, "ES256");
    const token = await new SignJWT({ ...claims })
      .setProtectedHeader({ alg: "ES256", typ: "at+jwt", kid: "k1", crit: ["x"], x: 1 } as never)
      .setIssuer(ISSUER)
      .setIssuedAt(now)
      .setExpirationTime(minutes(5))
      .sign(key, { crit: { x: true } });
    expect(await refusalOf(signer.verify(token, HERE, now))).toMatchObject(unknown);
  });

  test.each(["exp", "iat", "jti", "sub", "client_id"])("is refused without %s", async (claim) => {
    expect(await refusalOf(signer.verify(await forged({ claims: { [claim]: undefined } }), HERE, now))).toMatchObject(unknown);
  });

  test("is refused when it was issued more than two minutes in the future", async () => {
    const soon = (seconds: number) => forged({ claims: { iat: now.getTime() / 1000 + seconds } });
    expect(await signer.verify(await soon(120), HERE, now)).toMatchObject(claims);
    expect(await refusalOf(signer.verify(await soon(121), HERE, now))).toMatchObject(unknown);
  });

  test.each(["", "a.b.c", "vlt_agt_0123456789ABCDEFGHIJKLMNOPQRST4PMbyp", `${"a".repeat(9000)}.b.c`])(
    "is not %#: noise is refused, not thrown",
    async (noise) => {
      expect(await refusalOf(signer.verify(noise, HERE, now))).toMatchObject(unknown);
    },
  );

  test("never stands in a refusal", async () => {
    const token = await forged({ claims: { iss: "https://valet.example.com" } });
    const refusal = await refusalOf(signer.verify(token, HERE, now));
    expect(`${refusal.message} ${refusal.detail} ${JSON.stringify(refusal)}`).not.toContain(token.split(".")[2]);
  });

  test("of the key before stays good while that key is published, and not after", async () => {
    const token = await signer.sign(claims, now, minutes(15));
    const next = await newSigningPair("k2");
    const both = createSigner(ISSUER, fixedKeys(next, pair));
    const alone = createSigner(ISSUER, fixedKeys(next));
    expect(await both.verify(token, HERE, now)).toMatchObject(claims);
    expect(await refusalOf(alone.verify(token, HERE, now))).toMatchObject(unknown);
  });
});

test("what is published has no private part", async () => {
  const { keys } = await signer.jwks(now);
  for (const key of keys) expect(key).not.toHaveProperty("d");
  expect(keys.map(({ kid, alg, use }) => ({ kid, alg, use }))).toEqual([{ kid: "k1", alg: "ES256", use: "sig" }]);
});
