import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { demo } from "../connectors/demo";
import { withContained } from "../connectors/scopes";
import type { PersonCtx } from "../ctx";
import { writingSide } from "../db";
import { isRefusal } from "../errors";
import { connect, exchangeGrant, type World, world } from "../testing/builders";
import { agent, person, type SeededAgent } from "../testing/people";
import { mintGrant } from "./mint";

let here: World;
let ada: PersonCtx;
let bot: SeededAgent;
let connectionId: string;
beforeAll(async () => {
  here = await world();
  ada = await person(here.core);
  bot = await agent(here.core, ada);
  connectionId = await connect(ada);
});
afterAll(() => here.close());

const KNOWN = demo.scopes.map((scope) => scope.name);
const PROVIDER = demo.scopes.filter((scope) => !scope.virtual).map((scope) => scope.name);
const ODD = [
  "*",
  "",
  " ",
  "issues",
  "issues:*",
  "Issues:Read",
  "issues:read ",
  "issues:read,issues:write",
  "read",
  "__proto__",
  "constructor",
];
const asked = fc.array(fc.oneof({ weight: 8, arbitrary: fc.constantFrom(...KNOWN) }, { weight: 1, arbitrary: fc.constantFrom(...ODD) }), {
  minLength: 1,
  maxLength: 6,
});
const within = (some: readonly string[], all: readonly string[]) => some.every((name) => withContained(demo, all).includes(name));

/** What the SaaS granted, as if the person had connected with just that. */
async function holding(providerScopes: string[]): Promise<void> {
  await writingSide(here.core.db).prisma.connection.update({ where: { id: connectionId }, data: { providerScopes } });
}

describe("whatever is asked", () => {
  it("minted is within held, and answered is within minted and within what is held by then", async () => {
    const runs = fc.tuple(fc.subarray(PROVIDER), asked, fc.subarray(PROVIDER), asked, fc.boolean());
    await fc.assert(
      fc.asyncProperty(runs, async ([held, wanted, heldLater, wantedLater, all]) => {
        await holding(held);
        const minted = await mintGrant(ada, {
          agentId: bot.agentId,
          connectionId,
          scopes: wanted,
          lifetime: "1h",
          delivery: "gateway",
        }).catch((error: unknown) => {
          if (!isRefusal(error) || error.code !== "invalid_scope") throw error;
          return null;
        });
        expect(minted !== null).toBe(within(wanted, held));
        if (!minted) return;
        const { scopes } = await here.core.db.grant.findUniqueOrThrow({ where: { id: minted.grantId } });
        expect(within(scopes, held)).toBe(true);
        await holding(heldLater);
        const answer = await exchangeGrant(here.core, { bot, grantId: minted.grantId }, all ? {} : { scope: wantedLater.join(" ") });
        const body = (await answer.json()) as { scope?: string; error?: string };
        if (answer.status !== 200) return void expect(body).toMatchObject({ error: "invalid_scope" });
        const given = (body.scope ?? "").split(" ");
        expect(given.length).toBeGreaterThan(0);
        expect(within(given, scopes) && within(given, heldLater)).toBe(true);
        const named = wantedLater.join(" ").split(" ").filter(Boolean);
        if (!all && named.length > 0) expect(within(given, named)).toBe(true);
      }),
      { numRuns: 80, seed: 2026 },
    );
  });
});
