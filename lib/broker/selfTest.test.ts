import { afterAll, afterEach, beforeAll, expect, it } from "vitest";
import { pauseAgent } from "../agents/status";
import { narrowGrant } from "../grants/narrow";
import { grantUsage } from "../grants/usage";
import { exchangeGrant, lend, send, type World, world } from "../testing/builders";
import { person } from "../testing/people";
import { refusalOf } from "../testing/refusal";
import { rows } from "../testing/rows";
import { testGrant } from "./selfTest";
import { shrinkGrant } from "./shrinkGrant";

let here: World;
beforeAll(async () => {
  here = await world();
});
afterEach(() => {
  here.saas.control.repair();
  here.saas.control.release();
});
afterAll(() => here.close());

const outcomeOf = async (grantId: string) => (await rows(here.core)).filter((row) => row.event === "grant.test" && row.grantId === grantId);

it("shows that the read passes and that the SaaS itself refuses the write, without an effect there", async () => {
  const lent = await lend(here);
  const before = JSON.stringify(here.saas.control.data());
  const { passed, outcome, evidence } = await testGrant(lent.owner, { grantId: lent.grantId });
  expect([passed, outcome]).toEqual([true, "proven"]);
  expect(evidence.map((one) => [one.sentence, one.expected, one.by, one.status, one.outcome])).toEqual([
    ["Read your profile: refused by Valet.", "refused", "valet", null, "as_expected"],
    ["Read your profile: refused by Demo Tracker (403).", "refused", "saas", 403, "as_expected"],
    ["Read issues: let through by Valet.", "passes", "valet", null, "as_expected"],
    ["Read issues: Demo Tracker answered 200.", "passes", "saas", 200, "as_expected"],
    ["Read files: refused by Valet.", "refused", "valet", null, "as_expected"],
    ["Read files: refused by Demo Tracker (403).", "refused", "saas", 403, "as_expected"],
    ["Read issues through GraphQL: let through by Valet.", "passes", "valet", null, "as_expected"],
    ["Read issues through GraphQL: Demo Tracker answered 200.", "passes", "saas", 200, "as_expected"],
    ["Delete an issue: refused by Valet.", "refused", "valet", null, "as_expected"],
    ["Delete an issue: refused by Demo Tracker (403).", "refused", "saas", 403, "as_expected"],
    ["Change an issue: refused by Valet.", "refused", "valet", null, "as_expected"],
    ["Create an issue: refused by Valet.", "refused", "valet", null, "as_expected"],
    ["Create an issue through GraphQL: refused by Valet.", "refused", "valet", null, "as_expected"],
    ["Comment on an issue: refused by Valet.", "refused", "valet", null, "as_expected"],
    ["Upload a file: refused by Valet.", "refused", "valet", null, "as_expected"],
    ["List the members of the workspace: refused by Valet.", "refused", "valet", null, "as_expected"],
  ]);
  expect(JSON.stringify(here.saas.control.data())).toBe(before);
  const row = (await rows(here.core)).at(-1);
  expect(row).toMatchObject({ event: "grant.test", acting: "person", personId: lent.owner.actor.personId, reason: "self_test_passed" });
});

it("sends no write that was lent, though the rules let it through, and says so", async () => {
  const lent = await lend(here, { scopes: ["issues:read", "issues:write"], delivery: "gateway" });
  const before = here.saas.calls.length;
  const { evidence } = await testGrant(lent.owner, { grantId: lent.grantId });
  const heard = here.saas.calls.slice(before).filter(({ path, method }) => path.startsWith("/api/") && method !== "GET");
  expect(heard).toEqual([]);
  expect(evidence.find((one) => one.label === "Create an issue")).toMatchObject({
    expected: "passes",
    status: null,
    sentence: "Create an issue: let through by Valet, as lent. Not sent: it could have an effect.",
  });
});

it("suspends a grant when the SaaS lets through what was not lent, until a test has seen that shut", async () => {
  const lent = await lend(here, { scopes: ["files:read"] });
  here.saas.control.breakAll("api", "empty");
  const failed = await testGrant(lent.owner, { grantId: lent.grantId });
  expect(failed).toMatchObject({ passed: false, outcome: "open", suspended: true });
  expect(failed.open).toEqual(["Read your profile", "Read issues", "Delete an issue"]);
  const refused = await exchangeGrant(here.core, lent);
  expect([refused.status, (await refused.json()).reason]).toEqual([400, "grant_suspended"]);
  for (const mode of ["500", "drop", "html"] as const) {
    here.saas.control.breakAll("api", mode);
    const unanswered = await testGrant(lent.owner, { grantId: lent.grantId });
    expect([unanswered.outcome, unanswered.suspended], mode).toEqual(["not_proven", true]);
  }
  expect((await (await exchangeGrant(here.core, lent)).json()).reason).toBe("grant_suspended");
  here.saas.control.repair();
  expect(await testGrant(lent.owner, { grantId: lent.grantId })).toMatchObject({ passed: true, suspended: false, open: [] });
  expect((await exchangeGrant(here.core, lent)).status).toBe(200);
  const reasons = (await outcomeOf(lent.grantId)).map((row) => row.reason);
  expect(reasons).toEqual(["self_test_failed", ...Array(3).fill("self_test_not_proven"), "self_test_passed"]);
});

it("takes no error inside a 200 for a read that passed", async () => {
  const lent = await lend(here);
  here.saas.control.breakAll("api", "200_error");
  const { outcome, suspended, evidence } = await testGrant(lent.owner, { grantId: lent.grantId });
  expect([outcome, suspended]).toEqual(["not_proven", false]);
  const read = evidence.find((one) => one.label === "Read issues" && one.by === "saas");
  expect(read).toMatchObject({ outcome: "does_not_pass", sentence: "Read issues: Demo Tracker answered 200, with an error." });
  const write = evidence.find((one) => one.label === "Delete an issue" && one.by === "saas");
  expect(write).toMatchObject({ outcome: "unsure", sentence: "Delete an issue: Demo Tracker answered 200, which proves neither." });
});

it("ends when its time is over, with four calls under way at most, and keeps when it was last proven", async () => {
  const lent = await lend(here);
  const proven = await testGrant(lent.owner, { grantId: lent.grantId });
  here.core.clock.advance({ minutes: 1 });
  here.saas.control.breakAll("api", "hang");
  const before = here.saas.calls.length;
  const time = new AbortController();
  const testing = testGrant(lent.owner, { grantId: lent.grantId }, time.signal);
  await here.saas.control.held(4);
  expect(here.saas.calls.slice(before).filter(({ path }) => path.startsWith("/api/")).length).toBe(4);
  time.abort();
  const late = await testing;
  expect(late).toMatchObject({ passed: false, outcome: "not_proven", suspended: false, provenAt: proven.testedAt });
  expect(late.testedAt.getTime() - proven.testedAt.getTime()).toBe(60_000);
  expect(late.evidence.find((one) => one.label === "Read issues" && one.by === "saas")?.sentence).toBe(
    "Read issues: Demo Tracker did not answer in time.",
  );
});

it("does without the SaaS when it gives no access to test with, and says why", async () => {
  const lent = await lend(here);
  here.core.clock.advance({ hours: 1 });
  here.saas.control.breakAll("token", "500");
  const { outcome, suspended, note, evidence } = await testGrant(lent.owner, { grantId: lent.grantId });
  expect([outcome, suspended]).toEqual(["not_proven", false]);
  expect(note).toMatch(/^Demo Tracker .+\.$/);
  expect(evidence.every((one) => one.status === null)).toBe(true);
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
    shrink: null,
    whyNoShrink: "too_young",
  });
  expect((await refusalOf(narrowGrant(lent.owner, { grantId: lent.grantId, scopes: ["issues:write"] }))).reason).toBe("scope_beyond_grant");
  await narrowGrant(lent.owner, { grantId: lent.grantId, scopes: usage.used.map((one) => one.scope) });
  const refused = await send(here.core, "/proxy/demo/api/files", { headers });
  expect([refused.status, (await refused.json()).reason]).toEqual([403, "outside_grant"]);
  expect((await rows(here.core)).some((row) => row.event === "grant.narrow" && row.grantId === lent.grantId)).toBe(true);
});

it("after fourteen days offers to narrow to what was used, and keeps exactly that", async () => {
  const lent = await lend(here, { scopes: ["issues:read", "issues:write", "files:read"], delivery: "gateway", lifetime: "30d" });
  here.core.clock.advance({ days: 13 });
  const { access_token } = await (await exchangeGrant(here.core, lent)).json();
  const headers = { authorization: `Bearer ${access_token}`, "content-type": "application/json" };
  await (await send(here.core, "/proxy/demo/api/issues", { headers })).text();
  await (await send(here.core, "/proxy/demo/api/issues/1/comments", { method: "POST", headers, body: '{"body":"Seen."}' })).text();
  expect((await grantUsage(lent.owner, { grantId: lent.grantId })).whyNoShrink).toBe("too_young");
  here.core.clock.advance({ days: 1 });
  const { shrink } = await grantUsage(lent.owner, { grantId: lent.grantId });
  expect(shrink?.keeps.map(({ label }) => label)).toEqual(["Read issues", "Comment on issues"]);
  expect(shrink?.loses.map(({ label }) => label)).toEqual(["Read files", "Change issues"]);
  const keeps = shrink?.keeps.map(({ name }) => name) ?? [];
  const { scopes, selfTest } = await shrinkGrant(lent.owner, { grantId: lent.grantId, scopes: keeps });
  expect([scopes, selfTest?.outcome]).toEqual([["issues:read", "issues:comment"], "proven"]);
  expect((await grantUsage(lent.owner, { grantId: lent.grantId })).whyNoShrink).toBe("all_used");
  here.core.clock.advance({ days: 17 });
  expect((await grantUsage(lent.owner, { grantId: lent.grantId })).whyNoShrink).toBe("over");
});

it("narrows the grant of a paused agent too, though that one cannot be tested", async () => {
  const lent = await lend(here, { scopes: ["issues:read", "files:read"], delivery: "gateway" });
  await pauseAgent(lent.owner, { agentId: lent.bot.agentId });
  expect((await refusalOf(testGrant(lent.owner, { grantId: lent.grantId }))).reason).toBe("agent_paused");
  const narrowed = await shrinkGrant(lent.owner, { grantId: lent.grantId, scopes: ["issues:read"] });
  expect(narrowed).toMatchObject({ scopes: ["issues:read"], selfTest: null });
});

it("is not made without end: twelve tests of one grant in a minute", async () => {
  const lent = await lend(here, { delivery: "gateway" });
  const over = AbortSignal.abort();
  for (let count = 0; count < 12; count += 1) await testGrant(lent.owner, { grantId: lent.grantId }, over);
  const calls = here.saas.calls.length;
  expect((await refusalOf(testGrant(lent.owner, { grantId: lent.grantId }, over))).code).toBe("too_many_requests");
  expect(here.saas.calls.length).toBe(calls);
});
