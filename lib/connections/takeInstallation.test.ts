import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { connect, type World, watchRows } from "../testing/builders";
import { person } from "../testing/core";
import { installationWorld, LIKE_GITHUB } from "../testing/installation";
import { refusalOf } from "../testing/refusal";
import { disconnectConnection } from "./disconnect";
import { accountAccess } from "./refresh";

const CONNECTOR = "github-app-installation";
const READS = ["metadata:read", "issues:read", "contents:read"];

let here: World;
const asked: string[] = [];
beforeAll(async () => {
  here = await installationWorld({ onFetch: (url) => asked.push(url) });
});
afterAll(() => here.close());
afterEach(() => {
  here.saas.control.repair();
  here.saas.control.behave(LIKE_GITHUB);
});

const walk = (ctx: Awaited<ReturnType<typeof person>>, login: string, more: object = {}) =>
  connect(ctx, { connector: CONNECTOR, login, scopes: READS, ...more });
const read = (id: string) => here.core.db.connection.findUniqueOrThrow({ where: { id } });
/** Tokens of people, not of installations. */
const peoplesTokens = () => here.saas.control.tokens().filter((token) => token.login !== "");

describe("an installation is connected", () => {
  it("by an owner of its organization, with no more than was chosen and the installation has", async () => {
    const connection = await read(await walk(await person(here.core), "ada"));
    expect(connection).toMatchObject({ accountId: "71", accountName: "acme", sealedRefresh: null });
    expect(connection.providerScopes).toEqual(["metadata:read", "issues:read"]);
    const { accessToken, expiresAt } = await accountAccess(here.core, connection.id);
    expect(expiresAt?.getTime()).toBe(here.core.clock.now().getTime() + 3_600_000);
    const issues = (method: string) =>
      fetch(`${here.saas.url}/repos/acme/site/issues`, { method, headers: { authorization: `Bearer ${accessToken}` } });
    expect([(await issues("GET")).status, (await issues("POST")).status]).toEqual([200, 403]);
  });

  it("by the person whose own account it is on", async () => {
    expect(await read(await walk(await person(here.core), "linus"))).toMatchObject({ accountId: "72", accountName: "linus" });
  });

  it("and the token of the person's walk is ended and kept nowhere", async () => {
    const connection = await read(await walk(await person(here.core), "ada"));
    expect(
      peoplesTokens()
        .filter((token) => token.kind === "access")
        .every((token) => token.standing === "ended"),
    ).toBe(true);
    const kept = here.core.vault.open(
      "passing",
      { table: "connections", row: connection.id, column: "sealed_access" },
      connection.sealedAccess ?? "",
    );
    expect(here.saas.control.tokens().at(-1)).toMatchObject({ login: "", standing: "live" });
    expect((await fetch(`${here.saas.url}/user`, { headers: { authorization: `Bearer ${kept}` } })).status).toBe(403);
  });
});

describe("an installation is not connected", () => {
  async function refused(login: string, reason: string) {
    const ctx = await person(here.core);
    const { result, left } = await watchRows(here.core, () => refusalOf(walk(ctx, login)));
    expect(result).toMatchObject({ reason });
    expect(left.at(-1)).toMatchObject({ event: "connection.create", decision: "refused", reason });
    expect(await here.core.db.connection.count({ where: { personId: ctx.actor.personId } })).toBe(0);
    expect(peoplesTokens().filter((token) => token.kind === "access" && token.standing === "live")).toEqual([]);
    return result;
  }

  it("by who is only shown it: Grace may read a repository of Acme, and does not own it", async () => {
    expect(await refused("grace", "not_an_owner")).toMatchObject({ code: "forbidden" });
  });

  it("beside the one that is theirs, however often they try", async () => {
    for (const [login, name] of [
      ["linus", "linus"],
      ["ada", "acme"],
    ] as const) {
      const owner = await person(here.core);
      await walk(owner, login);
      expect(await read(await walk(owner, login))).toMatchObject({ accountName: name });
      expect(await here.core.db.connection.count({ where: { personId: owner.actor.personId } })).toBe(1);
    }
  });

  it("by a reconnect to another's", async () => {
    const owner = await person(here.core);
    const connectionId = await walk(owner, "ada");
    expect(await refusalOf(walk(owner, "linus", { connectionId }))).toMatchObject({ code: "conflict", reason: "other_account" });
    expect(await read(connectionId)).toMatchObject({ accountName: "acme", status: "active" });
  });

  it("when GitHub does not say which there are, or who owns the organization", async () => {
    const { breakNext } = here.saas.control;
    for (const mode of ["html", "500", "drop"] as const) {
      breakNext("api", mode);
      await refused("ada", "provider_unreachable");
    }
  });

  it("when the answer names no end, or not what it opens", async () => {
    for (const downscopeTells of ["no_end", "nothing"] as const) {
      here.saas.control.behave({ downscopeTells });
      await refused("ada", "provider_bad_answer");
    }
  });

  it("with nothing that the installation has", async () => {
    const ctx = await person(here.core);
    expect(await refusalOf(walk(ctx, "ada", { scopes: ["contents:read"] }))).toMatchObject({ code: "upstream_failed" });
  });
});

describe("an installation's own access", () => {
  it("is made anew by the app's key when it ends", async () => {
    const connectionId = await walk(await person(here.core), "ada");
    const first = await accountAccess(here.core, connectionId);
    here.core.clock.advance({ minutes: 61 });
    const second = await accountAccess(here.core, connectionId);
    expect(second.accessToken).not.toBe(first.accessToken);
    expect(await read(connectionId)).toMatchObject({ providerScopes: ["metadata:read", "issues:read"], status: "active" });
  });

  it("says what it has, when that is more than was chosen", async () => {
    const connectionId = await walk(await person(here.core), "ada");
    here.core.clock.advance({ minutes: 61 });
    here.saas.control.behave({ downscopeTells: "wider" });
    await accountAccess(here.core, connectionId);
    expect((await read(connectionId)).providerScopes).toEqual(["metadata:read", "issues:read", "issues:write"]);
  });

  it("ends at GitHub with the connection", async () => {
    const owner = await person(here.core);
    const connectionId = await walk(owner, "ada");
    const { accessToken } = await accountAccess(here.core, connectionId);
    expect(await disconnectConnection(owner, { connectionId })).toMatchObject({ endedAtProvider: "ended" });
    const answer = await fetch(`${here.saas.url}/repos/acme/site/issues`, { headers: { authorization: `Bearer ${accessToken}` } });
    expect(answer.status).toBe(401);
  });

  it("is never asked of another host than the one that was set", () => {
    expect(asked.filter((url) => !url.startsWith(here.saas.url))).toEqual([]);
  });
});
