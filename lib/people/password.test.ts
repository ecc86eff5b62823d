import * as argon2 from "@node-rs/argon2";
import { expect, test, vi } from "vitest";
import { hashPassword, verifyPassword } from "./password";

vi.mock("@node-rs/argon2", async (original) => {
  const real = await original<typeof argon2>();
  return { ...real, verify: vi.fn(real.verify) };
});

const COST = /^\$argon2id\$v=19\$m=19456,t=2,p=1\$/;

test("a password is hashed with argon2id at 19 MiB, two passes, and a salt of its own", async () => {
  const [one, two] = await Promise.all([hashPassword("correct horse"), hashPassword("correct horse")]);
  expect(one).toMatch(COST);
  expect(one).not.toBe(two);
});

test("a hash fits its password and no other", async () => {
  const phc = await hashPassword("correct horse");
  expect(await verifyPassword(phc, "correct horse")).toBe(true);
  expect(await verifyPassword(phc, "correct horsf")).toBe(false);
});

test("the same letters in other code points fit", async () => {
  expect(await verifyPassword(await hashPassword("Zoe\u0308 and a horse"), "Zo\u00eb and a horse")).toBe(true);
});

test("without a hash the same work is done, and the answer is no", async () => {
  vi.mocked(argon2.verify).mockClear();
  expect(await verifyPassword(null, "correct horse")).toBe(false);
  expect(vi.mocked(argon2.verify).mock.calls[0]?.[0]).toMatch(COST);
});
