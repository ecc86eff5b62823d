import { generateKeyPairSync } from "node:crypto";
import { decodeProtectedHeader, jwtVerify } from "jose";
import { describe, expect, it } from "vitest";
import { isRsaKey, signAppJwt } from "./appJwt";

const NOW = new Date("2026-03-02T09:00:00.500Z");
const pair = generateKeyPairSync("rsa", { modulusLength: 2048 });
const pem = (type: "pkcs1" | "pkcs8") => String(pair.privateKey.export({ type, format: "pem" }));

describe("an app's proof", () => {
  it("is RS256, from a minute ago, and ends within ten minutes", async () => {
    for (const type of ["pkcs1", "pkcs8"] as const) {
      const jwt = await signAppJwt("4711", pem(type), NOW);
      const { payload } = await jwtVerify(jwt, pair.publicKey, { algorithms: ["RS256"], currentDate: NOW });
      expect(payload).toEqual({ iss: "4711", iat: 1772441940, exp: 1772442540 });
      expect(decodeProtectedHeader(jwt)).toEqual({ alg: "RS256" });
      expect(payload.iat).toBe(Math.floor(NOW.getTime() / 1000) - 60);
      expect((payload.exp ?? 0) - NOW.getTime() / 1000).toBeLessThan(600);
    }
  });

  it("is made with nothing but an RSA key that is long enough", () => {
    const ec = generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey.export({ type: "pkcs8", format: "pem" });
    const short = generateKeyPairSync("rsa", { modulusLength: 1024 }).privateKey.export({ type: "pkcs1", format: "pem" });
    const open = pair.publicKey.export({ type: "spki", format: "pem" });
    expect([pem("pkcs1"), pem("pkcs8"), String(ec), String(short), String(open), "", "x"].map(isRsaKey)).toEqual([
      true,
      true,
      ...Array(5).fill(false),
    ]);
  });

  it("says nothing of a key that cannot be read", async () => {
    await expect(signAppJwt("1", "-----BEGIN RSA PRIVATE KEY-----\nc2VjcmV0\n-----END RSA PRIVATE KEY-----", NOW)).rejects.toThrow(
      /^The app's private key cannot be read\.$/,
    );
  });
});
