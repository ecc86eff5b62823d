import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ZodError } from "zod";
import { github } from "../connectors/github";
import type { PersonCtx } from "../ctx";
import { watchRows } from "../testing/builders";
import { person, type TestCore, testCore } from "../testing/core";
import { refusalOf } from "../testing/refusal";
import { loadSaasClient } from "./client";
import { listConnectors } from "./list";
import { setUpConnector } from "./setUp";

let core: TestCore;
let admin: PersonCtx;
let member: PersonCtx;
beforeAll(async () => {
  core = await testCore();
  [admin, member] = [await person(core, { role: "admin" }), await person(core)];
});
afterAll(() => core.close());

const SECRET = "the-secret-of-valet-at-github";
const setUp = (more: object = {}, ctx = admin) =>
  setUpConnector(ctx, { connector: "github", clientId: "our-id", clientSecret: SECRET, ...more });

describe("an admin", () => {
  it("sets up a connector; its secret is sealed, can be used and never be read", async () => {
    const { left } = await watchRows(core, () => setUp());
    expect(await loadSaasClient(core, "github")).toMatchObject({ clientId: "our-id", clientSecret: SECRET });
    expect(JSON.stringify([left, await core.db.connectorSetup.findMany(), await listConnectors(admin)])).not.toContain(SECRET);
    expect(left).toMatchObject([
      {
        event: "connector.set_up",
        acting: "person",
        personId: admin.actor.personId,
        connector: "github",
        target: "GitHub",
        decision: "allowed",
      },
    ]);
  });

  it("keeps the secret by leaving it out, and replaces it by giving another", async () => {
    await setUp({ clientId: "other-id", clientSecret: undefined });
    expect(await loadSaasClient(core, "github")).toMatchObject({ clientId: "other-id", clientSecret: SECRET });
    await setUp({ clientSecret: "another" });
    expect(await loadSaasClient(core, "github")).toMatchObject({ clientSecret: "another" });
  });

  it("needs a secret the first time, and a connector that exists", async () => {
    expect(await refusalOf(setUp({ connector: "slack", clientSecret: undefined }))).toMatchObject({
      code: "invalid_request",
      message: "Give the client secret that Slack showed you.",
      fields: { clientSecret: "Needed the first time." },
    });
    expect(await refusalOf(setUp({ connector: "nowhere" }))).toMatchObject({ code: "not_found" });
    await expect(setUp({ sealedSecret: "x" })).rejects.toBeInstanceOf(ZodError);
  });

  it("switches it off, and then nobody can use it", async () => {
    await setUp({ enabled: false });
    expect(await refusalOf(loadSaasClient(core, "github"))).toMatchObject({ code: "not_found", reason: "connector_off" });
    expect((await listConnectors(member)).find((one) => one.id === "github")).toMatchObject({ enabled: false });
  });
});

describe("everybody else", () => {
  it("may not set up a connector, and does not see our id there", async () => {
    for (const ctx of [member, await person(core, { role: "auditor" })]) {
      expect(await refusalOf(setUp({}, ctx))).toMatchObject({
        code: "forbidden",
        message: "Only an admin can set up connectors. Ask one to do it.",
      });
      expect((await listConnectors(ctx)).every((one) => one.clientId === null)).toBe(true);
    }
  });

  it("sees one redirect address for each connector", async () => {
    const addresses = (await listConnectors(member)).map((one) => one.redirectUri);
    expect(new Set(addresses).size).toBe(addresses.length);
    expect(addresses).toContain("http://valet.test/connect/github/callback");
  });
});

describe("a second client that only reads", () => {
  const slack = (more: object = {}) =>
    setUpConnector(admin, { connector: "slack", clientId: "main-id", clientSecret: "main-secret", ...more });

  it("has a secret of its own, sealed in a place of its own, and is never taken for the first", async () => {
    await slack();
    expect(await refusalOf(loadSaasClient(core, "slack", "read_only"))).toMatchObject({ reason: "registration_missing" });
    const { left } = await watchRows(core, () => slack({ readClientId: "read-id", readClientSecret: "read-secret" }));
    expect(await loadSaasClient(core, "slack", "read_only")).toMatchObject({ clientId: "read-id", clientSecret: "read-secret" });
    expect(await loadSaasClient(core, "slack")).toMatchObject({ clientId: "main-id", clientSecret: "main-secret" });
    const setup = await core.db.connectorSetup.findUniqueOrThrow({ where: { connector: "slack" } });
    const swapped = { table: "connector_setups", row: "slack", column: "sealed_secret" };
    expect(() => core.vault.open("lasting", swapped, setup.sealedReadSecret ?? "")).toThrow();
    expect(JSON.stringify([left, setup, await listConnectors(admin)])).not.toContain("read-secret");
    expect(left).toMatchObject([{ event: "connector.set_up", detail: { readOnlyClient: true } }]);
  });

  it("is kept by leaving it out, and taken away with its secret by an empty id", async () => {
    await slack();
    expect(await loadSaasClient(core, "slack", "read_only")).toMatchObject({ clientId: "read-id", clientSecret: "read-secret" });
    await slack({ readClientId: "" });
    expect(await core.db.connectorSetup.findUniqueOrThrow({ where: { connector: "slack" } })).toMatchObject({
      readClientId: null,
      sealedReadSecret: null,
    });
  });

  it("needs its secret the first time, and a SaaS where it is of use", async () => {
    expect(await refusalOf(slack({ readClientId: "read-id" }))).toMatchObject({ fields: { readClientSecret: "Needed the first time." } });
    const github = setUp({ readClientId: "read-id", readClientSecret: "s" });
    expect(await refusalOf(github)).toMatchObject({ code: "invalid_request", reason: "read_registration_useless" });
  });

  it("is told to admins only", async () => {
    const seen = async (ctx: PersonCtx) => (await listConnectors(ctx)).find(({ id }) => id === "slack")?.setUp;
    expect(await seen(member)).toBeNull();
    expect(await seen(await person(core, { role: "auditor" }))).toBeNull();
    expect(await seen(admin)).toMatchObject({ readRegistration: true });
  });
});

describe("a ceiling", () => {
  it("cuts what people are offered, is kept by leaving it out and lifted by an empty one", async () => {
    const ceiling = async () => (await listConnectors(admin)).find(({ id }) => id === "github");
    await setUp({ ceiling: ["read:user", "user:email"] });
    expect((await ceiling())?.scopes.map(({ name }) => name).sort()).toEqual(["read:user", "user:email"]);
    await setUp();
    expect((await ceiling())?.setUp?.ceiling.toSorted()).toEqual(["read:user", "user:email"]);
    await setUp({ ceiling: [] });
    expect((await ceiling())?.scopes.map(({ name }) => name)).toContain("repo");
  });

  it("is refused with a name that the connector does not have, or that only Valet knows", async () => {
    expect(await refusalOf(setUp({ ceiling: ["everything"] }))).toMatchObject({ code: "invalid_scope", reason: "scope_unknown" });
    const virtual = github.scopes.find((scope) => scope.virtual)?.name ?? "";
    expect(await refusalOf(setUp({ ceiling: [virtual] }))).toMatchObject({ code: "invalid_scope", reason: "scope_unknown" });
  });
});
