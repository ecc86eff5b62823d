import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Saas } from "./saas";
import { call, connect, startTestSaas } from "./testSaas";

let saas: Saas;
let token: string;
beforeAll(async () => {
  saas = await startTestSaas();
  token = (await connect(saas, { scope: "issues:read" })).access_token;
});
afterAll(() => saas.close());

async function rpc(body: unknown, bearer = token) {
  const answer = await call(saas, bearer, "/rpc", { method: "POST", body: typeof body === "string" ? body : JSON.stringify(body) });
  const text = await answer.text();
  return { status: answer.status, body: text === "" ? null : JSON.parse(text) };
}

describe("JSON-RPC at the pretend SaaS", () => {
  it("answers a call, and a list of them one by one", async () => {
    expect(await rpc({ jsonrpc: "2.0", id: 7, method: "issues.get", params: { issue: 3 } })).toMatchObject({
      status: 200,
      body: { id: 7, result: { id: 3 } },
    });
    const many = [
      { jsonrpc: "2.0", id: 1, method: "issues.list" },
      { jsonrpc: "2.0", id: 2, method: "nothing" },
      { jsonrpc: "2.0", method: "issues.list" },
    ];
    expect((await rpc(many)).body).toMatchObject([
      { id: 1, result: expect.any(Array) },
      { id: 2, error: { code: -32601 } },
    ]);
  });

  it("refuses what the token does not carry, and does nothing", async () => {
    const before = saas.control.data().issues.length;
    expect((await rpc({ jsonrpc: "2.0", id: 1, method: "issues.delete", params: { issue: 3 } })).body).toMatchObject({
      error: { message: "Refused with 403" },
    });
    expect(saas.control.data().issues.length).toBe(before);
    expect((await rpc({ jsonrpc: "2.0", id: 1, method: "issues.list" }, "saas_at_unknown")).status).toBe(401);
  });

  it("refuses what is no JSON, and answers a notification with nothing", async () => {
    expect(await rpc("{")).toMatchObject({ status: 400, body: { error: { code: -32700 } } });
    expect(await rpc({ jsonrpc: "2.0", method: "issues.list" })).toEqual({ status: 204, body: null });
  });
});
