import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { Profile } from "../../e2e/fakes/profile";
import { writingSide } from "../db";
import type { MintInput } from "../grants/preview";
import { revokeGrant } from "../grants/revoke";
import { bearer, callAt, exchangeGrant, type Lent, lend, usesOf, type World } from "../testing/builders";
import { installationWorld, LIKE_GITHUB } from "../testing/installation";

let here: World;
beforeAll(async () => {
  here = await installationWorld();
});
afterAll(() => here.close());
afterEach(() => {
  here.saas.control.repair();
  here.saas.control.behave(LIKE_GITHUB);
});

const SITE = "/repos/acme/site/issues";
const WHOLE = ["metadata:read", "issues:read", "issues:write"];
const lendIssues = (grant: Partial<MintInput> = {}) => lend(here, { scopes: ["issues:read"], ...grant }, undefined, { scopes: WHOLE });
const bind = (lent: Lent, ...repository: string[]) =>
  writingSide(here.core.db).prisma.grant.update({ where: { id: lent.grantId }, data: { bounds: { resources: { repository } } } });
const at = (token: string, path: string, init: RequestInit = {}) => fetch(here.saas.url + path, { ...init, headers: bearer(token) });
const exchanged = async (lent: Lent) => (await exchangeGrant(here.core, lent)).json();

describe("an installation token for one grant", () => {
  it("is handed to the agent: it reads at GitHub, and GitHub itself refuses the write", async () => {
    const lent = await lendIssues();
    const body = await exchanged(lent);
    expect(body).toMatchObject({
      issued_token_type: "urn:valet:params:oauth:token-type:downstream_access_token",
      scope: "issues:read",
      narrowed_by: "provider",
      api_base: here.saas.url,
      expires_in: 3600,
    });
    expect((await at(body.access_token, SITE)).status).toBe(200);
    expect((await at(body.access_token, SITE, { method: "POST", body: '{"title":"x"}' })).status).toBe(403);
    expect(await usesOf(here.core, lent.grantId)).toMatchObject([
      { delivery: "direct", narrowedBy: "provider", detail: { token: { ends_at: expect.any(String) } } },
    ]);
  });

  it("is held to the grant's repositories by GitHub as well", async () => {
    const lent = await lendIssues();
    await bind(lent, "acme/site");
    const { access_token } = await exchanged(lent);
    expect((await at(access_token, SITE)).status).toBe(200);
    expect((await at(access_token, "/repos/acme/shop/issues")).status).toBe(404);
  });

  it("ends at GitHub with the grant", async () => {
    const lent = await lendIssues();
    const { access_token } = await exchanged(lent);
    const { lentTokens } = await revokeGrant(lent.owner, { grantId: lent.grantId });
    expect(lentTokens).toMatchObject([{ handed: true, state: "ended" }]);
    expect((await at(access_token, SITE)).status).toBe(401);
  });

  it("is said to live on when GitHub does not confirm its end", async () => {
    const lent = await lendIssues();
    const { access_token } = await exchanged(lent);
    here.saas.control.breakAll("any", "500");
    const { lentTokens } = await revokeGrant(lent.owner, { grantId: lent.grantId });
    here.saas.control.repair();
    expect(lentTokens).toMatchObject([{ handed: true, state: "failed", sentence: expect.stringContaining("may work there until") }]);
    expect((await at(access_token, SITE)).status).toBe(200);
  });

  it("is the gateway's second wall for a grant that goes through it", async () => {
    const lent = await lendIssues({ delivery: "gateway" });
    const { access_token } = await exchanged(lent);
    const through = (init: RequestInit = {}) => callAt(here.core, here.connector, access_token, SITE, init);
    expect((await through()).status).toBe(200);
    expect(here.saas.calls.at(-1)).toMatchObject({ scopes: ["issues:read", "metadata:read"], credential: "live" });
    expect((await through({ method: "POST", body: "{}" })).status).toBe(403);
  });

  it("is not handed out beyond the end of its grant, nor for what GitHub cannot cut", async () => {
    const short = await lendIssues({ lifetime: 1800 });
    expect(await exchanged(short)).toMatchObject({ access_token: expect.stringMatching(/^eyJ/), narrowed_by: "provider" });
    const comment = await lend(here, { scopes: ["issues:comment"] }, undefined, { scopes: WHOLE });
    expect(await exchanged(comment)).toMatchObject({ access_token: expect.stringMatching(/^eyJ/), narrowed_by: "gateway" });
  });

  it.each<[Partial<Profile>, string]>([
    [{ downscopeTells: "wider" }, "wider_than_asked"],
    [{ downscopeTells: "nothing" }, "scope_not_told"],
    [{ downscopeTells: "no_end" }, "without_end"],
  ])("is not handed out when the answer is %j: it is ended, and the gateway takes over", async (profile, why) => {
    const lent = await lendIssues();
    here.saas.control.behave(profile);
    expect(await exchanged(lent)).toMatchObject({ access_token: expect.stringMatching(/^eyJ/), narrowed_by: "gateway" });
    expect(await usesOf(here.core, lent.grantId)).toMatchObject([{ delivery: "gateway", detail: { fell_back_to_gateway: why } }]);
    expect(here.saas.control.tokens().at(-1)).toMatchObject({ standing: "ended" });
    expect(await here.core.db.lentToken.count({ where: { grantId: lent.grantId } })).toBe(0);
  });

  it.each([
    ["html", "provider_bad_answer"],
    ["empty", "provider_bad_answer"],
    ["redirect", "provider_bad_answer"],
    ["500", "provider_unreachable"],
    ["lost", "provider_unreachable"],
    ["429", "provider_refused"],
  ] as const)("is named %s when it does not come: %s, and the gateway takes over", async (mode, why) => {
    const lent = await lendIssues();
    here.saas.control.breakNext("downscope", mode);
    expect(await exchanged(lent)).toMatchObject({ access_token: expect.stringMatching(/^eyJ/) });
    expect(await usesOf(here.core, lent.grantId)).toMatchObject([{ detail: { fell_back_to_gateway: why } }]);
  });

  it("is not asked for repositories of another account", async () => {
    const lent = await lendIssues();
    await bind(lent, "acme/site", "linus/notes");
    expect(await exchanged(lent)).toMatchObject({ access_token: expect.stringMatching(/^eyJ/) });
    expect(await usesOf(here.core, lent.grantId)).toMatchObject([{ detail: { fell_back_to_gateway: "target_unclear" } }]);
  });

  it("comes to nobody once the app is taken off the organization: the connection asks for its person", async () => {
    const lent = await lendIssues({ delivery: "gateway" });
    const { access_token } = await exchanged(lent);
    here.core.clock.advance({ minutes: 14 });
    const connection = { id: lent.connectionId };
    await writingSide(here.core.db).prisma.connection.update({
      where: connection,
      data: { accountId: "999", accessExpiresAt: here.core.clock.now() },
    });
    const answer = await callAt(here.core, here.connector, access_token, SITE);
    expect([answer.status, (await answer.json()).reason]).toEqual([403, "connection_needs_reconnect"]);
    expect(await here.core.db.connection.findUniqueOrThrow({ where: connection })).toMatchObject({ status: "needs_reconnect" });
  });
});
