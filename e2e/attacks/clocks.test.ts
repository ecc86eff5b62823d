import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { authenticateByAssertion } from "../../lib/agents/assertion";
import { revokeGrant } from "../../lib/grants/revoke";
import { assertion, keyRecord, newPair } from "../../lib/testing/agentKey";
import { accessToken, call, exchangeGrant, type Lent, lend, type World, world } from "../../lib/testing/builders";
import type { TestCore } from "../../lib/testing/core";
import { makeProof, newKey } from "../../lib/testing/proof";
import { refusalOf } from "../../lib/testing/refusal";
import { judgeProof } from "../../lib/tokens/dpop";
import { CLOCK_SKEW_SECONDS } from "../../lib/tokens/skew";

let here: World;
let lent: Lent;
beforeAll(async () => {
  here = await world();
  lent = await lend(here, { delivery: "gateway" });
});
afterAll(() => here.close());

/** The same Valet, by the clock of another machine. */
function skewed(seconds: number): TestCore {
  const clock = { ...here.core.clock, now: () => new Date(here.core.clock.now().getTime() + seconds * 1000) };
  return { ...here.core, clock };
}

const PAIRS = [
  ["ahead", CLOCK_SKEW_SECONDS],
  ["behind", -CLOCK_SKEW_SECONDS],
] as const;

describe.each(PAIRS)("a machine whose clock is two minutes %s", (_, seconds) => {
  const other = () => skewed(seconds);

  it("gives tokens that the others take, and takes theirs", async () => {
    expect((await call(here.core, await accessToken(other(), lent), "/api/issues")).status).toBe(200);
    expect((await call(other(), await accessToken(here.core, lent), "/api/issues")).status).toBe(200);
  });

  it("gives none that lives longer by anybody's clock than a token lives and the difference", async () => {
    const token = await accessToken(other(), lent);
    const { exp } = JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString()) as { exp: number };
    expect(exp - here.core.clock.now().getTime() / 1000).toBe(900 + seconds);
    const ended = skewed(900 + seconds);
    expect((await call(ended, token, "/api/issues")).status).toBe(401);
  });

  it("proves its agent by an assertion, once for all machines", async () => {
    const pair = await newPair();
    await keyRecord(here.core, lent.bot.agentId, pair);
    const at = other().clock.now().getTime() / 1000;
    const claims = { iat: at, nbf: at, exp: at + 300 };
    const text = await assertion(here.core, lent.bot.agentId, pair, { claims });
    const proof = { type: "jwt-bearer", assertion: text, clientId: null } as const;
    expect(await authenticateByAssertion(here.core, proof)).toMatchObject({ agentId: lent.bot.agentId });
    for (const machine of [here.core, other(), skewed(-seconds)])
      expect((await refusalOf(authenticateByAssertion(machine, proof))).code).toBe("invalid_client");
    const wider = { iat: at, nbf: at, exp: at + 301 };
    const tooLong = { ...proof, assertion: await assertion(here.core, lent.bot.agentId, pair, { claims: wider }) };
    expect((await refusalOf(authenticateByAssertion(here.core, tooLong))).kept?.reason).toBe("assertion_too_long");
  });

  it("gives a nonce, and has a proof made, that the others take: once", async () => {
    const request = { method: "POST", url: `${here.core.settings.publicUrl}/oauth/token` };
    for (const minute of [0, 1, 2, 3, 4, 5]) {
      here.core.clock.advance({ minutes: minute > 0 ? 1 : 0 });
      const header = await makeProof(other(), await newKey(), { path: "/oauth/token" });
      const judged = await judgeProof(here.core, header, request);
      await judged.spend();
      const again = await judgeProof(here.core, header, request);
      expect((await refusalOf(again.spend())).reason).toBe("proof_replayed");
    }
  });

  it("revokes at once for all, and is told so at once", async () => {
    const mine = await lend(here, { delivery: "gateway" });
    const token = await accessToken(here.core, mine);
    await revokeGrant({ ...mine.owner, clock: other().clock }, mine);
    for (const machine of [here.core, other(), skewed(-seconds)]) {
      expect((await call(machine, token, "/api/issues")).status).toBe(403);
      expect((await exchangeGrant(machine, mine)).status).toBe(400);
    }
  });
});
