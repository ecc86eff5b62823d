import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { hashSecret, lastFour, newSecret, randomText, sameText, secretKind, spellSecret } from "./secret";

const RANDOM = "0123456789ABCDEFGHIJKLMNOPQRST";
const VECTOR = "vlt_agt_0123456789ABCDEFGHIJKLMNOPQRST4PMbyp";

describe("the secret format", () => {
  test("the known random part gets the known checksum", () => {
    expect(spellSecret("agt", RANDOM)).toBe(VECTOR);
  });

  test("the check value of CRC-32/ISO-HDLC is spelled in six characters, highest first", () => {
    expect(spellSecret("agt", "123456789")).toBe("vlt_agt_1234567893jZRME");
  });

  test("a small checksum is filled up with zeros on the left", () => {
    expect(spellSecret("agt", "")).toBe("vlt_agt_000000");
  });

  test.each(["agt", "pat", "inv"] as const)("a new secret of kind %s has the published shape and says its kind", (kind) => {
    const secret = newSecret(kind);
    expect(secret).toMatch(/^vlt_(agt|pat|inv)_[0-9A-Za-z]{36}$/);
    expect(secretKind(secret)).toBe(kind);
  });

  test("a thousand new secrets are all different and use the whole alphabet", () => {
    const secrets = Array.from({ length: 1000 }, () => newSecret("agt"));
    expect(new Set(secrets).size).toBe(1000);
    expect(new Set(secrets.flatMap((secret) => [...secret.slice(8, 38)])).size).toBe(62);
  });

  test("one wrong character anywhere behind the prefix is noticed", () => {
    const place = fc.integer({ min: 8, max: VECTOR.length - 1 });
    const letter = fc.constantFrom(..."0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");
    fc.assert(
      fc.property(place, letter, (index, other) => {
        fc.pre(VECTOR[index] !== other);
        expect(secretKind(VECTOR.slice(0, index) + other + VECTOR.slice(index + 1))).toBeNull();
      }),
    );
  });

  test("whatever else is sent is no secret, and nothing is thrown", () => {
    fc.assert(fc.property(fc.string(), (text) => secretKind(text) === null));
  });

  test.each([
    ["nothing", ""],
    ["another kind", VECTOR.replace("agt", "whk")],
    ["a space around it", ` ${VECTOR}`],
    ["a line break at the end", `${VECTOR}\n`],
    ["one character more", `${VECTOR}0`],
    ["upper-case prefix", VECTOR.replace("vlt", "VLT")],
  ])("%s is not a secret", (_what, text) => {
    expect(secretKind(text)).toBeNull();
  });
});

test("the hash is SHA-256 in hex", () => {
  expect(hashSecret("abc")).toBe("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
});

test("the last four characters are the checksum's, never the random part", () => {
  expect(lastFour(VECTOR)).toBe("Mbyp");
});

test("random texts are 256 bits of base64url, and never the same", () => {
  expect(randomText()).toMatch(/^[A-Za-z0-9_-]{43}$/);
  expect(randomText()).not.toBe(randomText());
});

test("texts are the same only when they are, of whatever length", () => {
  fc.assert(fc.property(fc.string(), fc.string(), (left, right) => sameText(left, right) === (left === right)));
  expect(sameText(VECTOR, VECTOR)).toBe(true);
});
