import { exportSPKI, importJWK, type JWK, SignJWT, UnsecuredJWT } from "jose";
import { beforeAll, describe, expect, it, test } from "vitest";
import { testClock } from "../testing/clock";
import { bundle, type ForeignKey, foreignKey, jwks, minter } from "../testing/foreign";
import { type ForeignExpected, ForeignRefused, peekForeign, verifyForeign } from "./foreignJwt";

const OURS = "http://valet.test";
const clock = testClock();
const now = clock.now().getTime() / 1000;
const mint = minter({ clock } as never);
const SVID = { sub: "spiffe://example.org/agent", iat: undefined };
const JOB = { iss: "https://issuer.example.com", sub: "job" };

let ec: ForeignKey;
let rsa: ForeignKey;
let ed: ForeignKey;
beforeAll(async () => {
  [ec, rsa, ed] = await Promise.all([foreignKey("ec"), foreignKey("rsa", "RS256"), foreignKey("ed", "EdDSA")]);
});

const keysOf = (...keys: ForeignKey[]) => (bundle(keys) as { keys: JWK[] }).keys;
async function fault(token: string, more: Partial<ForeignExpected> = {}): Promise<string> {
  const expected: ForeignExpected = { profile: "platform", keys: keysOf(ec, rsa, ed), audiences: [OURS], now: clock.now(), ...more };
  try {
    await verifyForeign(token, expected);
    return "verified";
  } catch (error) {
    if (!(error instanceof ForeignRefused)) throw error;
    expect(error.message).toBe(`A foreign token was refused: ${error.fault}.`);
    return error.fault;
  }
}
const svidFault = async (change: { claims?: object; header?: object; key?: ForeignKey; keys?: readonly JWK[] } = {}) => {
  const token = await mint({ key: change.key ?? ec, claims: { ...SVID, ...change.claims }, header: { ...change.header } });
  return fault(token, { profile: "spiffe", ...(change.keys ? { keys: change.keys } : {}) });
};
const jobFault = async (change: { claims?: object; header?: object; key?: ForeignKey } = {}) =>
  fault(await mint({ key: change.key ?? ec, claims: { ...JOB, ...change.claims }, header: { ...change.header } }));

describe("a JWT-SVID", () => {
  it("is verified without iat, iss, jti, kid and typ, and with either typ", async () => {
    expect(await svidFault()).toBe("verified");
    expect(await svidFault({ header: { kid: undefined } })).toBe("verified");
    for (const typ of ["JWT", "JOSE"]) expect(await svidFault({ header: { typ } })).toBe("verified");
  });

  test.each(["RS256", "RS384", "RS512", "ES256", "ES384", "ES512", "PS256", "PS384", "PS512"])("may be signed by %s", async (alg) => {
    const key = await foreignKey("k", alg);
    expect(await svidFault({ key, keys: keysOf(key) })).toBe("verified");
  });

  it("is refused by EdDSA, under either name, which a platform may use", async () => {
    expect(await svidFault({ key: ed })).toBe("algorithm");
    expect(await svidFault({ key: { ...ed, alg: "Ed25519" } })).toBe("algorithm");
    expect(await jobFault({ key: ed })).toBe("verified");
  });

  it("is refused with any header beside alg, kid and typ, and with another typ", async () => {
    const headers = [{ jku: "https://evil.example.com/k" }, { jwk: ec.publicJwk }, { x5t: "AA" }, { cty: "JWT" }, { foo: 1 }];
    for (const header of [...headers, { typ: "at+jwt" }, { typ: "jwt" }, { typ: "application/jwt" }]) {
      expect([header, await svidFault({ header })]).toEqual([header, "header"]);
    }
  });

  it("is refused for two audiences, also when one is ours, and for any other one", async () => {
    expect(await svidFault({ claims: { aud: [OURS] } })).toBe("verified");
    const others = [
      [OURS, "https://other.example.com"],
      [OURS, OURS],
      `${OURS}/`,
      `${OURS}/oauth/token`,
      "HTTP://VALET.TEST",
      [],
      undefined,
    ];
    for (const aud of others) expect([aud, await svidFault({ claims: { aud } })]).toEqual([aud, "audience"]);
  });

  it("is refused without exp", async () => {
    expect(await svidFault({ claims: { exp: undefined } })).toBe("claims");
  });
});

describe("a platform's token", () => {
  it("is verified with headers that bring no key, as GitHub sends them", async () => {
    expect(await jobFault({ header: { typ: "JWT", x5t: "AAAA" } })).toBe("verified");
    expect(await jobFault({ header: { kid: undefined } })).toBe("verified");
  });

  it("is refused when it brings a key or says where one is", async () => {
    const stranger = await foreignKey("own");
    for (const header of [
      { jku: "https://evil.example.com/k" },
      { jwk: stranger.publicJwk },
      { x5u: "https://e.example.com" },
      { x5c: ["AA"] },
    ]) {
      expect([header, await jobFault({ key: stranger, header })]).toEqual([header, "header"]);
    }
    expect(await jobFault({ key: stranger })).toBe("key_unknown");
    expect(await jobFault({ key: { ...stranger, kid: "ec" } })).toBe("signature");
  });

  test.each(["at+jwt", "oauth-id-jag+jwt", "dpop+jwt", "secevent+jwt", "logout+jwt", "client-authentication+jwt"])(
    "is refused as %s",
    async (typ) => {
      expect(await jobFault({ header: { typ } })).toBe("header");
    },
  );

  it("is refused unsigned, by HS256 with the public key, and by an algorithm that is not the key's", async () => {
    const claims = { ...JOB, aud: OURS, iat: now, exp: now + 60 };
    expect(await fault(new UnsecuredJWT(claims).encode())).toBe("algorithm");
    const text = await exportSPKI((await importJWK(rsa.publicJwk, "RS256", { extractable: true })) as CryptoKey);
    const forged = await new SignJWT(claims).setProtectedHeader({ alg: "HS256", kid: "rsa" }).sign(new TextEncoder().encode(text));
    expect(await fault(forged)).toBe("algorithm");
    const { keys } = jwks(rsa);
    expect(await fault(await mint({ key: rsa, claims: JOB }), { keys })).toBe("verified");
    expect(await fault(await mint({ key: rsa, claims: JOB }), { keys: [{ ...keys[0], alg: "RS384" } as JWK] })).toBe("key_unknown");
    expect(await jobFault({ key: rsa, header: { kid: "ec" } })).toBe("key_unknown");
  });

  it("is refused with a critical header", async () => {
    const key = ec.privateKey;
    const claims = { ...JOB, aud: OURS, iat: now, exp: now + 60 };
    const token = await new SignJWT(claims)
      .setProtectedHeader({ alg: "ES256", kid: "ec", crit: ["x"], x: 1 } as never)
      .sign(key, { crit: { x: true } });
    expect(await fault(token)).toBe("header");
  });

  it("is young and ends soon, with two minutes for clocks", async () => {
    const day = 24 * 3600;
    const cases: [object, string][] = [
      [{ exp: now - 119 }, "verified"],
      [{ exp: now - 120 }, "expired"],
      [{ exp: now + day + 120 }, "verified"],
      [{ exp: now + day + 121 }, "lives_too_long"],
      [{ iat: now - day - 120 }, "verified"],
      [{ iat: now - day - 121 }, "too_old"],
      [{ iat: now + 121 }, "claims"],
      [{ nbf: now + 121 }, "claims"],
      [{ nbf: now + 120 }, "verified"],
      [{ iat: undefined }, "claims"],
      [{ iat: "soon" }, "claims"],
      [{ nbf: "soon" }, "claims"],
      [{ exp: "never" }, "claims"],
    ];
    for (const [claims, expected] of cases) {
      // Signed by hand: a library does not write such times.
      const body = { ...JOB, aud: OURS, iat: now, exp: now + 600, ...claims };
      const text = JSON.stringify(Object.fromEntries(Object.entries(body).filter(([, value]) => value !== undefined)));
      const { CompactSign } = await import("jose");
      const token = await new CompactSign(new TextEncoder().encode(text))
        .setProtectedHeader({ alg: "ES256", kid: "ec" })
        .sign(ec.privateKey);
      expect([claims, await fault(token)]).toEqual([claims, expected]);
    }
  });

  it("is refused when it was changed after it was signed, or is no token", async () => {
    const [head, , signature] = (await mint({ key: ec, claims: JOB })).split(".");
    const body = Buffer.from(JSON.stringify({ ...JOB, sub: "admin", aud: OURS, iat: now, exp: now + 60 })).toString("base64url");
    expect(await fault(`${head}.${body}.${signature}`)).toBe("signature");
    for (const token of ["", "a.b", "a.b.c", `${head}.${body}.${signature}.x`, `${head}.${body}.`, `x${"a".repeat(17_000)}.b.c`]) {
      expect(["malformed", "signature"]).toContain(await fault(token));
    }
  });
});

test("before anything is believed, only issuer and subject are read", async () => {
  expect(peekForeign(await mint({ key: ec, claims: JOB }))).toEqual({ issuer: JOB.iss, subject: "job" });
  expect(peekForeign(await mint({ key: ec, claims: { iss: 1 as never, sub: undefined } }).catch(() => "e30.e30.e30"))).toEqual({
    issuer: null,
    subject: null,
  });
  expect(() => peekForeign("nonsense")).toThrow(ForeignRefused);
});
