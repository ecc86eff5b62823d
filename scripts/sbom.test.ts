import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { billOf, isTaken } from "./sbom.mjs";

const lock = JSON.parse(readFileSync(join(import.meta.dirname, "../package-lock.json"), "utf8"));

test("the same lock makes the same bill, byte for byte, with every package once", () => {
  const bill = billOf(lock);
  expect(JSON.stringify(billOf(structuredClone(lock)))).toBe(JSON.stringify(bill));
  expect(bill).toMatchObject({
    bomFormat: "CycloneDX",
    specVersion: "1.6",
    serialNumber: expect.stringMatching(/^urn:uuid:[0-9a-f-]{36}$/),
  });
  const refs = bill.components.map((one: { purl: string }) => one.purl);
  expect(new Set(refs).size).toBe(refs.length);
  expect(refs).toContain(`pkg:npm/%40prisma/client@${lock.packages["node_modules/@prisma/client"].version}`);
  const next = bill.components.find(({ name }: { name: string }) => name === "next");
  expect(next).toMatchObject({ scope: "required", hashes: [{ alg: "SHA-512", content: expect.stringMatching(/^[0-9a-f]{128}$/) }] });
  const other = structuredClone(lock);
  other.packages["node_modules/next"].version = "0.0.1";
  expect(billOf(other).serialNumber).not.toBe(bill.serialNumber);
});

test("a licence is taken when one that may be chosen is, and all that hold together are", () => {
  expect(["MIT", "(MIT OR GPL-3.0-only)", "MIT and ISC", "Apache-2.0 AND LGPL-3.0-or-later AND MIT"].map(isTaken)).toEqual([
    true,
    true,
    true,
    true,
  ]);
  expect(["GPL-3.0-only", "AGPL-3.0", "MIT AND GPL-2.0-only", "UNLICENSED", "BUSL-1.1"].map(isTaken)).toEqual(Array(5).fill(false));
});
