import { afterAll, beforeAll, expect, it } from "vitest";
import { writingSide } from "../db";
import { createLeases } from "../leases";
import { apiToken, bearer, connect, exchangeForm, type Lent, lend, send, type World, watchRows, world } from "../testing/builders";
import type { TestCore } from "../testing/core";

let here: World;
let lent: Lent;
beforeAll(async () => {
  here = await world();
  lent = await lend(here, { delivery: "gateway" });
});
afterAll(() => here.close());

/** A process of its own that allows so much. */
const withLimit = (limit: number): TestCore => ({ ...here.core, leases: createLeases(writingSide(here.core.db).pool, limit) });
const exchange = (core: TestCore, of: Pick<Lent, "bot" | "grantId">, more: Record<string, string> = {}) =>
  send(core, "/oauth/token", { method: "POST", body: exchangeForm(of, more) });
const told = (answer: Response) => ["ratelimit-policy", "ratelimit", "retry-after"].map((name) => answer.headers.get(name));

it("an answer to a client that proved itself says what it has left, a refusal of the rules too", async () => {
  const own = await lend(here, { delivery: "gateway" });
  const answer = await exchange(here.core, own);
  expect([answer.status, ...told(answer)]).toEqual([200, '"client";q=6000;w=60', '"client";r=5999;t=60', null]);
  here.core.clock.advance({ seconds: 15 });
  const refused = await exchange(here.core, own, { scope: "issues:write" });
  expect([refused.status, ...told(refused)]).toEqual([400, '"client";q=6000;w=60', '"client";r=5998;t=45', null]);
});

it("a failed proof says nothing of anybody, and spends nothing of theirs", async () => {
  const own = await lend(here, { delivery: "gateway" });
  for (const client_secret of ["vlt_agt_wrong", lent.bot.clientSecret, "x"]) {
    const answer = await exchange(here.core, own, { client_secret });
    expect([answer.status, ...told(answer)]).toEqual([401, null, null, null]);
  }
  expect(told(await exchange(here.core, own))[1]).toBe('"client";r=5999;t=60');
  expect(told(await send(here.core, "/oauth/jwks"))).toEqual([null, null, null]);
});

it("beyond the limit a client is told when to come again, over all processes; another client is not", async () => {
  const [one, two] = [withLimit(4), withLimit(4)];
  const own = await lend(here, { delivery: "gateway" });
  const all = await Promise.all([one, two, one, two, one, two].map((core) => exchange(core, own)));
  expect(all.map(({ status }) => status).sort()).toEqual([200, 200, 200, 200, 429, 429]);
  const { result, left } = await watchRows(here.core, () => exchange(one, own));
  expect([result.status, ...told(result)]).toEqual([429, '"client";q=4;w=60', '"client";r=0;t=60', "60"]);
  expect(await result.json()).toEqual({
    error: "temporarily_unavailable",
    error_description: "This client has sent its 4 requests of this minute. Wait 60 seconds.",
    reason: "client_rate",
  });
  expect(left).toEqual([]);
  expect((await exchange(one, lent)).status).toBe(200);
  here.core.clock.advance({ seconds: 60 });
  expect((await exchange(one, own)).status).toBe(200);
});

it("a person is a client too", async () => {
  const own = await lend(here);
  const connectionId = await connect(own.owner, { login: "linus" });
  const form = exchangeForm({ bot: own.bot, grantId: connectionId });
  form.delete("client_id");
  form.delete("client_secret");
  form.set("subject_token_type", "urn:valet:params:oauth:token-type:connection");
  const headers = bearer(await apiToken(own.owner));
  const ask = () => send(withLimit(1), "/oauth/token", { method: "POST", body: form, headers });
  const first = await ask();
  expect([first.status, told(first)[1]]).toEqual([200, '"client";r=0;t=60']);
  expect((await ask()).status).toBe(429);
});
