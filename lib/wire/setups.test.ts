import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { apiToken, bearer, CLIENT, send, type World, world } from "../testing/builders";
import { person } from "../testing/people";

let here: World;
beforeAll(async () => {
  here = await world();
});
afterAll(() => here.close());

async function as(role: "admin" | "member") {
  const token = role === "admin" ? await apiToken(here.admin) : await apiToken(await person(here.core));
  return async (method: string, path: string, json: object = {}) => {
    const headers = { ...bearer(token), "content-type": "application/json" };
    const answer = await send(here.core, `/api/v1/connectors/${path}`, { method, headers, body: JSON.stringify(json) });
    return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
  };
}

const BOARD = { client_id: CLIENT.clientId, client_secret: CLIENT.clientSecret, ceiling: ["issues:read"] };

describe("an admin's script", () => {
  it("sets up a connector and tests it, and never sees a secret again", async () => {
    const admin = await as("admin");
    const set = await admin("PUT", "demo-board", BOARD);
    expect(set).toMatchObject({ status: 200, body: { id: "demo-board", enabled: true, set_up: { ceiling: ["issues:read"], test: null } } });
    const tested = await admin("POST", "demo-board/test");
    expect(tested).toMatchObject({ status: 200, body: { outcome: "ok", redirect_uri: "http://valet.test/connect/demo-board/callback" } });
    expect(JSON.stringify([set, tested])).not.toContain(CLIENT.clientSecret);
  });

  it("is told what is wrong with it", async () => {
    const admin = await as("admin");
    expect(await admin("PUT", "demo-board", { ...BOARD, ceiling: ["all"] })).toMatchObject({
      status: 403,
      body: { reason: "scope_unknown" },
    });
    expect(await admin("PUT", "nowhere", BOARD)).toMatchObject({ status: 404 });
    expect(await admin("POST", "github/test")).toMatchObject({ status: 404 });
  });
});

it("nobody but an admin sets up or tests a connector", async () => {
  const member = await as("member");
  expect(await member("PUT", "demo-board", BOARD)).toMatchObject({ status: 403, body: { code: "forbidden" } });
  expect(await member("POST", "demo-board/test")).toMatchObject({ status: 403, body: { code: "forbidden" } });
});
