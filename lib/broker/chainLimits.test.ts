import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { accessToken, call, usesOf, type World, world } from "../testing/builders";
import { band, claimsOf, handedOn, handOn, tokensAlong } from "../testing/chains";
import type { SeededAgent } from "../testing/people";

let here: World;
beforeAll(async () => {
  here = await world();
});
afterAll(() => here.close());

const details = (more: object) => ({
  authorization_details: JSON.stringify([{ type: "urn:valet:params:oauth:authorization-details:connector-access", ...more }]),
});

async function twoHops(first: object, second: Record<string, string> = {}) {
  const crew = await band(here, 3);
  const [a, b, c] = crew.agents as unknown as [SeededAgent, SeededAgent, SeededAgent];
  const root = await accessToken(here.core, { bot: a, grantId: crew.grantId });
  const one = (await handedOn(handOn(here.core, a, root, b, details(first)))).access_token;
  const two = (await handedOn(handOn(here.core, b, one, c, second))).access_token;
  return { crew, root, one, two };
}

describe("calls that a hop may make", () => {
  it("are counted over all that come after it, exactly, however many call at once, and never against those before", async () => {
    const { root, one, two } = await twoHops({ calls: 7 });
    const both = Array.from({ length: 30 }, (_, index) => call(here.core, index % 2 ? one : two, "/api/issues"));
    const statuses = (await Promise.all(both)).map(({ status }) => status);
    expect(statuses.filter((status) => status === 200)).toHaveLength(7);
    expect(statuses.filter((status) => status === 403)).toHaveLength(23);
    const over = await (await call(here.core, two, "/api/issues")).json();
    expect(over).toMatchObject({ code: "not_allowed", reason: "hop_calls_spent", limit: "calls", most: 7 });
    expect((await call(here.core, root, "/api/issues")).status).toBe(200);
  });

  it("in an hour come back with time, and are those of the hop and what is below it", async () => {
    const { one, two } = await twoHops({ calls_per_hour: 3 }, details({ calls_per_hour: 2 }));
    for (const expected of [200, 200, 429]) expect((await call(here.core, two, "/api/issues")).status).toBe(expected);
    for (const expected of [200, 429]) expect((await call(here.core, one, "/api/issues")).status).toBe(expected);
  });
});

describe("a run", () => {
  const runsOf = async (grantId: string) => (await usesOf(here.core, grantId)).map((row) => [row.runIdClaimed, row.runIdVerified]);

  it("belongs to the agent that named it first; who names it after that has only claimed it, also by their token", async () => {
    const [mine, other] = [await band(here, 1), await band(here, 1)];
    await accessToken(here.core, { bot: mine.agents[0], grantId: mine.grantId }, { run_id: "run-mine" });
    const token = await accessToken(here.core, { bot: other.agents[0], grantId: other.grantId }, { run_id: "run-mine" });
    await call(here.core, token, "/api/issues");
    await call(here.core, token, "/api/issues", { headers: { baggage: "valet.run_id=run-other" } });
    expect(await runsOf(mine.grantId)).toEqual([["run-mine", "run-mine"]]);
    expect(await runsOf(other.grantId)).toEqual(Array(3).fill(["run-mine", null]));
  });

  it("has one owner when many name it at once", async () => {
    const crews = await Promise.all(Array.from({ length: 4 }, () => band(here, 1)));
    await Promise.all(crews.map((one) => accessToken(here.core, { bot: one.agents[0], grantId: one.grantId }, { run_id: "run-race" })));
    const all = (await Promise.all(crews.map((one) => runsOf(one.grantId)))).flat();
    expect(all.filter(([, verified]) => verified === "run-race")).toHaveLength(1);
  });

  it("goes down the chain with the token, and no hop can change it or start another", async () => {
    const crew = await band(here, 2);
    const [root, hop] = (await tokensAlong(here.core, crew, { run_id: "run-chain" })) as [string, string];
    expect([claimsOf(root).run_id, claimsOf(hop).run_id]).toEqual(["run-chain", "run-chain"]);
    await call(here.core, hop, "/api/issues", { headers: { baggage: "valet.run_id=run-else" } });
    expect((await runsOf(crew.grantId)).at(-1)).toEqual(["run-else", "run-chain"]);
  });

  it("that a hop names itself is its own, where the chain has none", async () => {
    const crew = await band(here, 2);
    const [, hop] = (await tokensAlong(here.core, crew)) as [string, string];
    await call(here.core, hop, "/api/issues", { headers: { baggage: "valet.run_id=run-hop" } });
    expect((await runsOf(crew.grantId)).at(-1)).toEqual(["run-hop", "run-hop"]);
  });
});
