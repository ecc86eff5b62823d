import { describe, expect, test } from "vitest";
import type { Actor } from "../ctx";
import { refusalOf } from "../testing/refusal";
import { normalEmail, readEmail, readPassword, readRole, readText, readWhole, requireRole } from "./rules";

const person = (role: "member" | "auditor" | "admin"): Actor => ({
  kind: "person",
  personId: "per_1",
  name: "Ada",
  email: "ada@example.com",
  role,
  via: "browser",
});

describe("a role", () => {
  test("opens what it is for", () => {
    expect(() => requireRole(person("admin"), "admin")).not.toThrow();
    expect(() => requireRole(person("auditor"), "admin", "auditor")).not.toThrow();
  });

  test.each<[string, Actor]>([
    ["a member", person("member")],
    ["an auditor", person("auditor")],
    ["an agent of an admin", { kind: "agent", agentId: "agt_1", name: "Bot", ownerId: "per_1", credentialId: null }],
    ["the system", { kind: "system", name: "Start" }],
  ])("of admin is not had by %s", async (_who, actor) => {
    expect(await refusalOf(() => requireRole(actor, "admin"))).toMatchObject({
      code: "forbidden",
      reason: "role_missing",
      message: "Only an admin may do this. Ask one to do it.",
    });
  });

  test("that nobody knows is not given", async () => {
    expect(readRole("auditor")).toBe("auditor");
    expect(await refusalOf(() => readRole("owner"))).toMatchObject({
      code: "invalid_request",
      message: "Choose one of the roles member, auditor and admin.",
    });
  });
});

describe("an e-mail address", () => {
  test("has one spelling", () => {
    expect(readEmail("  Ada@Example.COM ")).toBe("ada@example.com");
  });

  test("that only looks like another's stays another: nothing but ASCII is folded", () => {
    expect(normalEmail("mi\u212ae@example.com")).not.toBe("mike@example.com");
    expect(normalEmail("\uff41da@example.com")).not.toBe("ada@example.com");
  });

  test.each([
    "",
    "ada",
    "ada@example",
    "@example.com",
    "ada@@example.com",
    "a da@example.com",
    "<ada@example.com>",
    `${"a".repeat(250)}@example.com`,
  ])("is not %#", async (text) => {
    expect(await refusalOf(() => readEmail(text))).toMatchObject({
      code: "invalid_request",
      fields: { email: "Give an e-mail address such as ada@example.com." },
    });
  });
});

describe("a text", () => {
  test("is trimmed", () => {
    expect(readText("name", "  Triage bot ", 60)).toBe("Triage bot");
    expect(readText("name", "Zoë 🤖 渡辺", 60)).toBe("Zoë 🤖 渡辺");
  });

  test.each([
    ["   ", "Give a name."],
    ["x".repeat(61), "Keep the name within 60 characters."],
    ["two\nlines", "Write the name on one line, without control characters."],
    ["turned \u202eround", "Write the name on one line, without control characters."],
    ["nul\u0000", "Write the name on one line, without control characters."],
  ])("is refused when it is %j", async (text, message) => {
    expect(await refusalOf(() => readText("name", text, 60))).toMatchObject({
      code: "invalid_request",
      message,
      fields: { name: message },
    });
  });
});

describe("a password", () => {
  test("is free in what it is made of, from twelve characters", () => {
    expect(readPassword("correct horse")).toBe("correct horse");
    expect(readPassword("🐎".repeat(12))).toBe("🐎".repeat(12));
  });

  test.each([
    ["x".repeat(11), "Choose a password of at least 12 characters."],
    ["🐎".repeat(11), "Choose a password of at least 12 characters."],
    ["x".repeat(201), "Choose a password of at most 200 characters."],
  ])("is refused otherwise, and not repeated (%#)", async (password, message) => {
    expect(await refusalOf(() => readPassword(password))).toMatchObject({
      code: "invalid_request",
      message,
      fields: { password: message },
    });
  });
});

test.each([0, 366, 1.5, Number.NaN, -1])("%s days are not from 1 to 365", async (days) => {
  expect(await refusalOf(() => readWhole("lifetimeDays", days, 1, 365, "days"))).toMatchObject({
    code: "invalid_request",
    message: "Choose from 1 to 365 days.",
  });
});
