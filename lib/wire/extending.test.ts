import { afterAll, beforeAll, expect, it } from "vitest";
import { revokeGrant } from "../grants/revoke";
import { apiToken, bearer, type Lent, lend, send, type World, world } from "../testing/builders";

let here: World;
let lent: Lent;
let token: string;
beforeAll(async () => {
  here = await world();
  lent = await lend(here, { lifetime: "1h" });
  token = await apiToken(lent.owner);
});
afterAll(() => here.close());

async function post(path: string, body: object) {
  const headers = { ...bearer(token), "content-type": "application/json" };
  const answer = await send(here.core, `/api/v1/grants${path}`, { method: "POST", headers, body: JSON.stringify(body) });
  return { status: answer.status, body: await answer.json() };
}

it("a script extends its person's grant, and reads what was agreed", async () => {
  const now = here.core.clock.now().getTime();
  const answer = await post(`/${lent.grantId}/extend`, { lifetime: "7d" });
  const [from, expires_at] = [3_600_000, 7 * 86_400_000].map((after) => new Date(now + after).toISOString());
  expect(answer).toMatchObject({ status: 200, body: { grant_id: lent.grantId, from, expires_at, grant: { expires_at } } });
  expect(answer.body.grant.consent.extensions).toMatchObject([{ agreed_by: { via: "token" } }]);
  expect(answer.body.grant.extensions).toMatchObject([{ lifetime: "30d" }]);
});

it("it finds one page of what was lent, and is told of a filter that is none", async () => {
  expect(await post("/search", { access: "read", text: "triage" })).toMatchObject({
    status: 200,
    body: { data: [{ id: lent.grantId, state: "live" }], next_cursor: null, counts: { open: 1, over: 0 } },
  });
  for (const odd of [{ state: "gone" }, { access: "root" }, { limit: 51 }, { person_id: "x" }])
    expect((await post("/search", odd)).status).toBe(400);
});

it("what is over it is refused, with a link to lend it anew", async () => {
  await revokeGrant(lent.owner, lent);
  expect(await post(`/${lent.grantId}/extend`, { lifetime: "7d" })).toMatchObject({
    status: 409,
    body: { code: "conflict", reason: "grant_ended", fix: expect.stringContaining(`/grants/new?agent=${lent.bot.agentId}`) },
  });
});
