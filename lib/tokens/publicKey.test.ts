import { generateKeyPairSync } from "node:crypto";
import { calculateJwkThumbprint, exportPKCS8 } from "jose";
import { describe, expect, test } from "vitest";
import { newPair } from "../testing/agentKey";
import { readPublicKey } from "./publicKey";

const refused = async (pasted: string) =>
  readPublicKey(pasted).then(
    () => "taken",
    (error: { reason?: string; message: string }) => {
      // What was pasted is not repeated.
      expect(error.message.length).toBeLessThan(200);
      return error.reason ?? error.message;
    },
  );

describe("a public key", () => {
  test.each([
    ["ES256", "P-256"],
    ["Ed25519", "Ed25519"],
    ["RS256", "RSA 2048"],
  ])("for %s is taken as a JWK and as PEM, and is the same key", async (alg, kind) => {
    const { publicJwk, spki } = await newPair(alg);
    const [one, other] = [await readPublicKey(` ${JSON.stringify(publicJwk, null, 2)} `), await readPublicKey(spki)];
    expect(one).toEqual({ publicJwk, thumbprint: await calculateJwkThumbprint(publicJwk), kind });
    expect(other).toEqual(one);
  });

  test("has the thumbprint of RFC 7638", async () => {
    const [x, y] = ["l8tFrhx-34tV3hRICRDY9zCkDlpBhF42UQUfWVAWBFs", "9VE4jf_Ok_o64zbTTlcuNJajHmt6v9TDVrU0CdvGRDA"];
    const { thumbprint } = await readPublicKey(JSON.stringify({ kty: "EC", crv: "P-256", x, y }));
    expect(thumbprint).toBe("0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I");
  });

  test("keeps its kid and its one algorithm, and nothing else that was written beside", async () => {
    const { publicJwk } = await newPair("RS256");
    const given = { ...publicJwk, kid: "ci-1", alg: "PS256", use: "sig", x5c: ["..."], note: "mine" };
    expect((await readPublicKey(JSON.stringify(given))).publicJwk).toEqual({ ...publicJwk, kid: "ci-1", alg: "PS256" });
  });
});

describe("what is pasted instead", () => {
  test("is refused loudly when it is a private key, in any form", async () => {
    const { privateJwk, privateKey, publicJwk } = await newPair();
    const rsa = await newPair("RS256");
    const pkcs8 = await exportPKCS8(privateKey);
    const pkcs1 = generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey.export({ type: "pkcs1", format: "pem" }).toString();
    const secret = { kty: "oct", k: "c2VjcmV0" };
    const pasted = [privateJwk, rsa.privateJwk, secret, { keys: [privateJwk] }, [privateJwk], { ...publicJwk, d: "" }].map((one) =>
      JSON.stringify(one),
    );
    for (const text of [
      ...pasted,
      pkcs8,
      pkcs1,
      `-----BEGIN OPENSSH PRIVATE KEY-----\nx`,
      `${pkcs8}\n${await newPair().then(({ spki }) => spki)}`,
    ]) {
      expect(await refused(text)).toBe("private_key");
    }
    expect(await refused(`{"kty":"EC","\\u0064":"x"}`)).toBe("private_key");
  });

  test.each([
    ["P-384", () => newPair("ES384")],
    ["RSA of more than 4096 bits", () => newPair("RS256", { modulusLength: 4104 })],
  ])("is refused when it is %s", async (_name, make) => {
    const { publicJwk, spki } = await make();
    expect(await refused(JSON.stringify(publicJwk))).toBe("key_unsuitable");
    expect(await refused(spki)).toBe("key_unsuitable");
  });

  test("is refused when it is RSA of 1024 bits, or with an exponent that makes forging easy", async () => {
    const spki = (bits: number, exponent?: number) =>
      generateKeyPairSync("rsa", { modulusLength: bits, ...(exponent ? { publicExponent: exponent } : {}) })
        .publicKey.export({ type: "spki", format: "pem" })
        .toString();
    expect(await refused(spki(1024))).toBe("key_unsuitable");
    expect(await refused(spki(2048, 3))).toBe("key_unsuitable");
  });

  test("is refused when it is for something else than signing, or for an algorithm that is not taken", async () => {
    const { publicJwk } = await newPair();
    expect(await refused(JSON.stringify({ ...publicJwk, use: "enc" }))).toBe("key_unsuitable");
    for (const alg of ["HS256", "none", "RS256", "ES384", ""]) {
      expect(await refused(JSON.stringify({ ...publicJwk, alg }))).toBe("key_unsuitable");
    }
  });

  test("is refused when it is no key, several, a certificate, or off its curve", async () => {
    const { publicJwk, spki } = await newPair();
    const offCurve = JSON.stringify({ ...publicJwk, y: publicJwk.x });
    const certificate = spki.replaceAll("PUBLIC KEY", "CERTIFICATE");
    const set = JSON.stringify({ keys: [publicJwk] });
    for (const text of ["", "key", "{", "{}", "[]", "null", set, certificate, spki + spki, offCurve, `{"kty":"EC"${" ".repeat(9000)}}`]) {
      expect(await refused(text)).toBe("key_unreadable");
    }
  });
});
