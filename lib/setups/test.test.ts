import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { asActor, type PersonCtx } from "../ctx";
import { CLIENT, READ_CLIENT, type World, watchRows, world } from "../testing/builders";
import { person } from "../testing/people";
import { refusalOf } from "../testing/refusal";
import { listConnectors } from "./list";
import { setUpConnector } from "./setUp";
import { testSetUp } from "./test";

let here: World;
beforeAll(async () => {
  here = await world();
});
afterAll(() => here.close());
afterEach(async () => {
  here.saas.control.repair();
  here.core.clock.advance({ minutes: 11 });
  await setUpConnector(here.admin, { connector: "demo", ...CLIENT });
});

/** The admin, at an installation whose demo lives elsewhere in this. */
function elsewhere(changes: Record<string, string>): PersonCtx {
  const demo = { ...here.core.settings.endpoints.demo, ...changes };
  return asActor({ ...here.core, settings: { ...here.core.settings, endpoints: { demo } } }, here.admin.actor);
}

const run = (ctx: PersonCtx = here.admin, connector = "demo") => testSetUp(ctx, { connector });
const sentences = async (ctx?: PersonCtx) => (await run(ctx)).checks.map(({ outcome, sentence }) => `${outcome}: ${sentence}`);

describe("a set-up that is right", () => {
  it("is shown to be: every host answers, the metadata agree, the client is recognised; and nothing is connected", async () => {
    const tokens = here.saas.control.tokens().length;
    const { result, left } = await watchRows(here.core, () => run());
    expect(result).toEqual({
      outcome: "ok",
      testedAt: here.core.clock.now(),
      redirectUri: "http://valet.test/connect/demo/callback",
      checks: [
        { outcome: "ok", sentence: `${here.saas.url} answers (status 200).` },
        { outcome: "ok", sentence: `${here.saas.url} describes itself as Valet knows it: name and endpoints agree.` },
        {
          outcome: "ok",
          sentence:
            'Client: recognised. Demo Tracker answered "invalid_grant" to a nonsense code, and "invalid_client" to a made-up secret.',
        },
      ],
    });
    expect(left).toMatchObject([{ event: "connector.test", personId: here.admin.actor.personId, connector: "demo", reason: "set_up_ok" }]);
    expect(JSON.stringify([result, left])).not.toContain(CLIENT.clientSecret);
    expect(here.saas.control.tokens().length).toBe(tokens);
  });

  it("keeps what was shown until it changes", async () => {
    const result = await run();
    const shown = async () => (await listConnectors(here.admin)).find(({ id }) => id === "demo")?.setUp?.test;
    expect(await shown()).toEqual(result);
    await setUpConnector(here.admin, { connector: "demo", ...CLIENT });
    expect(await shown()).toBeNull();
  });

  it("tests the client that only reads by its own secret", async () => {
    const board = { connector: "demo-board", ...CLIENT, readClientId: READ_CLIENT.clientId };
    await setUpConnector(here.admin, { ...board, readClientSecret: READ_CLIENT.clientSecret });
    expect((await run(here.admin, "demo-board")).checks.at(-1)).toMatchObject({
      outcome: "ok",
      sentence: expect.stringMatching(/^Read-only client: recognised/),
    });
    await setUpConnector(here.admin, { ...board, readClientSecret: CLIENT.clientSecret });
    expect((await run(here.admin, "demo-board")).checks.at(-1)).toMatchObject({ outcome: "failed" });
  });
});

describe("a set-up that is wrong", () => {
  it("says that the secret is refused, in the SaaS's own word", async () => {
    await setUpConnector(here.admin, { connector: "demo", ...CLIENT, clientSecret: "another-secret" });
    const { result, left } = await watchRows(here.core, () => run());
    expect(result.outcome).toBe("failed");
    const sentence = 'Client: refused. Demo Tracker answered "invalid_client": check the client id and the secret.';
    expect(result.checks.at(-1)).toEqual({ outcome: "failed", sentence });
    expect(left).toMatchObject([{ event: "connector.test", reason: "set_up_failed", reasonText: sentence }]);
    expect(JSON.stringify([result, left])).not.toContain("another-secret");
  });

  it("says which host nobody answers at, and which one Valet never goes to", async () => {
    expect(await sentences(elsewhere({ apiBaseUrl: "http://127.0.0.1:2" }))).toContain(
      "failed: http://127.0.0.1:2 could not be reached: ECONNREFUSED.",
    );
    expect(await sentences(elsewhere({ apiBaseUrl: "http://10.0.0.1" }))).toContain(
      "failed: http://10.0.0.1 could not be reached: ForbiddenDestination.",
    );
  });

  it("says that the server describes itself otherwise", async () => {
    expect(await sentences(elsewhere({ tokenUrl: `${here.saas.url}/oauth/other` }))).toContain(
      `failed: ${here.saas.url} describes itself with another token_endpoint than Valet knows. Nothing was changed.`,
    );
  });
});

describe("what an answer does not prove is not said", () => {
  it("when the token endpoint answers with a page", async () => {
    here.saas.control.breakAll("token", "html");
    const { outcome, checks } = await run();
    expect(outcome).toBe("unsure");
    expect(checks.at(-1)).toEqual({
      outcome: "unsure",
      sentence: "Client: cannot tell. Demo Tracker gave no answer that a token endpoint gives.",
    });
  });

  it("when any secret is answered the same", async () => {
    here.saas.control.breakAll("token", "200_error");
    const { checks } = await run();
    expect(checks.at(-1)).toMatchObject({ outcome: "unsure", sentence: expect.stringMatching(/and the same to a made-up secret\.$/) });
  });

  it("when the token endpoint is down", async () => {
    here.saas.control.breakAll("token", "drop");
    expect((await run()).checks.at(-1)).toMatchObject({ outcome: "unsure" });
  });
});

describe("testing is refused", () => {
  it("to everybody but an admin, and where nothing is set up", async () => {
    const member = await person(here.core);
    const { result, left } = await watchRows(here.core, () => refusalOf(run(member)));
    expect(result).toMatchObject({ code: "forbidden" });
    expect(left).toMatchObject([{ event: "connector.test", decision: "refused", personId: member.actor.personId }]);
    expect(await refusalOf(run(here.admin, "github"))).toMatchObject({ code: "not_found" });
    expect(await refusalOf(run(here.admin, "nowhere"))).toMatchObject({ code: "not_found" });
  });

  it("after ten in ten minutes, so that a made-up secret is not shown too often", async () => {
    await setUpConnector(here.admin, { connector: "demo-board", ...CLIENT });
    for (let spent = 0; spent < 10; spent += 1) await here.core.limits.spend("setup_test", "demo-board");
    const calls = here.saas.calls.length;
    expect(await refusalOf(run(here.admin, "demo-board"))).toMatchObject({ code: "too_many_requests" });
    expect(here.saas.calls.length).toBe(calls);
  });
});
