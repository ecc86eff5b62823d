import { afterAll, beforeAll, expect, it } from "vitest";
import { narrowGrant } from "../grants/narrow";
import { grantUsage } from "../grants/usage";
import { exchangeGrant, lend, send, type World, world } from "../testing/builders";
import { person } from "../testing/people";
import { refusalOf } from "../testing/refusal";
import { rows } from "../testing/rows";
import { testGrant } from "./selfTest";

let here: World;
beforeAll(async () => {
  here = await world();
});
afterAll(() => here.close());

it("shows that the read passes and that the SaaS itself refuses the write, without an effect there", async () => {
  const lent = await lend(here);
  const before = JSON.stringify(here.saas.control.data());
  const { passed, evidence } = await testGrant(lent.owner, { grantId: lent.grantId });
  expect(passed).toBe(true);
  expect(evidence.map((one) => [one.label, one.expected, one.by, one.status, one.outcome])).toEqual([
    ["Read your profile", "refused", "valet", null, "as_expected"],
    ["Read your profile", "refused", "saas", 403, "as_expected"],
    ["Read issues", "passes", "valet", null, "as_expected"],
    ["Read issues", "passes", "saas", 200, "as_expected"],
    ["Read files", "refused", "valet", null, "as_expected"],
    ["Read files", "refused", "saas", 403, "as_expected"],
    ["Delete an issue", "refused", "valet", null, "as_expected"],
    ["Delete an issue", "refused", "saas", 403, "as_expected"],
    ["Change an issue", "refused", "valet", null, "as_expected"],
    ["Change an issue", "refused", "saas", 403, "as_expected"],
    ["Create an issue", "refused", "valet", null, "as_expected"],
    ["Comment on an issue", "refused", "valet", null, "as_expected"],
    ["Upload a file", "refused", "valet", null, "as_expected"],
  ]);
  expect(JSON.stringify(here.saas.control.data())).toBe(before);
  const row = (await rows(here.core)).at(-1);
  expect(row).toMatchObject({ event: "grant.test", acting: "person", personId: lent.owner.actor.personId, reason: "self_test_passed" });
});

it("suspends a grant when the SaaS lets through what was not lent, until a test passes again", async () => {
  const lent = await lend(here, { scopes: ["files:read"] });
  here.saas.control.breakAll("api", "200_error");
  const failed = await testGrant(lent.owner, { grantId: lent.grantId });
  here.saas.control.repair();
  expect(failed.passed).toBe(false);
  expect(failed.evidence.filter((one) => one.outcome === "open").map((one) => one.label)).toContain("Delete an issue");
  const refused = await exchangeGrant(here.core, lent);
  expect([refused.status, (await refused.json()).reason]).toEqual([400, "grant_suspended"]);
  expect((await testGrant(lent.owner, { grantId: lent.grantId })).passed).toBe(true);
  expect((await exchangeGrant(here.core, lent)).status).toBe(200);
});

it("is for the person who lent it: to others the grant is not there", async () => {
  const lent = await lend(here);
  const other = await person(here.core);
  expect((await refusalOf(testGrant(other, { grantId: lent.grantId }))).code).toBe("not_found");
  expect((await refusalOf(grantUsage(other, { grantId: lent.grantId }))).code).toBe("not_found");
  expect((await refusalOf(narrowGrant(here.admin, { grantId: lent.grantId, scopes: ["issues:read"] }))).code).toBe("not_found");
});

it("tells used from never used, and narrows to what was used from the next call on", async () => {
  const lent = await lend(here, { scopes: ["issues:read", "files:read"], delivery: "gateway" });
  const { access_token } = await (await exchangeGrant(here.core, lent)).json();
  const headers = { authorization: `Bearer ${access_token}` };
  await (await send(here.core, "/proxy/demo/api/issues", { headers })).text();
  const usage = await grantUsage(lent.owner, { grantId: lent.grantId });
  expect(usage).toMatchObject({
    seen: true,
    used: [{ scope: "issues:read", calls: 1, paths: ["/api/issues"] }],
    unused: [{ name: "files:read" }],
  });
  expect((await refusalOf(narrowGrant(lent.owner, { grantId: lent.grantId, scopes: ["issues:write"] }))).reason).toBe("scope_beyond_grant");
  await narrowGrant(lent.owner, { grantId: lent.grantId, scopes: usage.used.map((one) => one.scope) });
  const refused = await send(here.core, "/proxy/demo/api/files", { headers });
  expect([refused.status, (await refused.json()).reason]).toEqual([403, "outside_grant"]);
  expect((await rows(here.core)).some((row) => row.event === "grant.narrow" && row.grantId === lent.grantId)).toBe(true);
});
