import { afterAll, beforeAll, expect, it } from "vitest";
import { guardedDispatcher, type TimeLimits } from "../net/guard";
import { accessToken, call, type Lent, lend, usesOf, type World, world } from "../testing/builders";
import { type RawApi, startRawApi } from "../testing/rawApi";

let raw: RawApi;
let here: World;
let lent: Lent;
let token: string;
beforeAll(async () => {
  raw = await startRawApi();
  here = await world({ apiBaseUrl: raw.url });
  lent = await lend(here, { delivery: "gateway", scopes: ["issues:read", "issues:write"] });
  token = await accessToken(here.core, lent);
});
afterAll(async () => {
  await here.close();
  await raw.close();
});

/** The same Valet, in a hurry. */
const within = (limits: Partial<TimeLimits>) => ({ ...here.core, upstream: guardedDispatcher(new Set(["127.0.0.1"]), limits) });
const lastUse = async () => (await usesOf(here.core, lent.grantId)).at(-1);
const POST = { method: "POST", body: '{"title":"once"}', headers: { "content-type": "application/json" } };

it("a SaaS that does not begin to answer in time is given up by name, its line is cut, and the call is not repeated", async () => {
  const before = raw.requests.length;
  let closed: Promise<unknown> | undefined;
  raw.answer((request) => {
    closed = new Promise((resolve) => request.socket.once("close", resolve));
  });
  const answer = await call(within({ headersMs: 100 }), token, "/api/issues", POST);
  expect([answer.status, await answer.json()]).toMatchObject([
    502,
    {
      code: "upstream_failed",
      reason: "upstream_timed_out",
      detail: "Demo Tracker did not answer in time. It may have done what was asked: read before you repeat a write.",
    },
  ]);
  await closed;
  expect(raw.requests.length - before).toBe(1);
  expect(await lastUse()).toMatchObject({ decision: "allowed", reason: "upstream_timed_out", upstreamStatus: null });
});

it("a SaaS that stops in the middle of its answer is cut off, and the row says so beside its status", async () => {
  raw.answer((_, response) => response.writeHead(200).write("half"));
  const answer = await call(within({ idleMs: 100 }), token, "/api/issues", POST);
  await expect(answer.text()).rejects.toThrow();
  await expect.poll(lastUse).toMatchObject({ decision: "allowed", reason: "upstream_stalled", upstreamStatus: 200 });
});

it("a SaaS whose address is not one that Valet talks to is sent nothing, by name", async () => {
  const before = raw.requests.length;
  const strict = { ...here.core, upstream: guardedDispatcher(new Set()) };
  const answer = await call(strict, token, "/api/issues", POST);
  expect([answer.status, await answer.json()]).toMatchObject([502, { code: "upstream_failed", reason: "destination_forbidden" }]);
  expect(raw.requests.length).toBe(before);
  expect(await lastUse()).toMatchObject({ reason: "destination_forbidden", upstreamStatus: null });
});

it("an answer that breaks off is in the row as one", async () => {
  raw.answer((_, response) => response.writeHead(200, { "content-length": "100" }).write("half", () => response.destroy()));
  const answer = await call(here.core, token, "/api/issues", POST);
  await answer.text().catch(() => undefined);
  await expect.poll(lastUse).toMatchObject({ reason: expect.stringMatching(/^(answer_broken_off|upstream_unreachable)$/) });
});

it("a caller who leaves is no fault of the SaaS: the row stays as it was admitted", async () => {
  raw.answer((_, response) => response.writeHead(200).write("half"));
  const answer = await call(here.core, token, "/api/issues", POST);
  await answer.body?.cancel();
  expect(await lastUse()).toMatchObject({ decision: "allowed", reason: "within_grant", upstreamStatus: 200 });
});

it("a write whose line is cut after it arrived is sent once, and its caller is told that it may have happened", async () => {
  const before = raw.requests.length;
  raw.answer((request, response) => request.on("data", () => response.destroy()));
  const answer = await call(here.core, token, "/api/issues", POST);
  expect([answer.status, ((await answer.json()) as { detail: string }).detail]).toEqual([
    502,
    "Demo Tracker could not be reached. Nothing may have happened there, or it may: read before you repeat a write.",
  ]);
  expect(raw.requests.length - before).toBe(1);
});

it("limits of the SaaS come through unchanged, and nothing is tried again for the caller", async () => {
  const limits = { "retry-after": "31", "x-ratelimit-limit": "60", "x-ratelimit-remaining": "0", "x-ratelimit-reset": "1767225600" };
  for (const init of [{}, POST]) {
    const before = raw.requests.length;
    raw.answer((_, response) => response.writeHead(429, { ...limits, "ratelimit-policy": "60;w=60" }).end('{"message":"slow down"}'));
    const answer = await call(here.core, token, "/api/issues", init);
    expect([answer.status, await answer.text()]).toEqual([429, '{"message":"slow down"}']);
    expect(Object.fromEntries(answer.headers)).toMatchObject({ ...limits, "ratelimit-policy": "60;w=60" });
    expect(raw.requests.length - before).toBe(1);
  }
});
