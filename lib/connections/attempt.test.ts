import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { consentAs, denyConsent } from "../../e2e/fakes/consent";
import type { PersonCtx } from "../ctx";
import { setUpConnector } from "../setups/setUp";
import { BROWSER, type World, watchRows, world } from "../testing/builders";
import { person } from "../testing/people";
import { refusalOf } from "../testing/refusal";
import { beginConnection } from "./begin";
import { completeConnection } from "./complete";

let here: World;
let ada: PersonCtx;
let linus: PersonCtx;
beforeAll(async () => {
  here = await world();
  ada = await person(here.core);
  linus = await person(here.core, { name: "Linus T" });
  await setUpConnector(here.admin, { connector: "github", clientId: "valet", clientSecret: "s" });
});
afterAll(() => here.close());

let callbackUrl: URL;
beforeEach(async () => {
  callbackUrl = await consentAs(await walk(), "ada");
});

async function walk(): Promise<string> {
  return (await beginConnection(ada, { connector: "demo", browserSecret: BROWSER })).authorizeUrl;
}

const come = (ctx: PersonCtx, url: URL, connector = "demo", browserSecret = BROWSER) =>
  completeConnection(ctx, { connector, callbackUrl: url, browserSecret });

/** The refusal, word for word: nothing was connected, no code was spent, and one refused row says who, what and why. */
async function refused(work: () => Promise<unknown>, by: PersonCtx, event = "connection.callback") {
  const before = await here.core.db.connection.count();
  const spent = tokenCalls();
  const { result, left } = await watchRows(here.core, () => refusalOf(work));
  expect(await here.core.db.connection.count()).toBe(before);
  expect(tokenCalls()).toBe(spent);
  const { code, reason, message } = result;
  expect(left.filter((row) => row.decision === "refused")).toMatchObject([
    { event, acting: "person", personId: by.actor.personId, agentId: null, connector: expect.any(String), reason, reasonText: message },
  ]);
  return { code, reason, message };
}

const tokenCalls = () => here.saas.calls.filter((one) => one.path === "/oauth/token").length;

function changed(change: (query: URLSearchParams) => void): URL {
  const url = new URL(callbackUrl);
  change(url.searchParams);
  return url;
}

describe("an answer from a SaaS is thrown away", () => {
  it("when its state was used already", async () => {
    await come(ada, callbackUrl);
    expect(await refused(() => come(ada, callbackUrl), ada)).toEqual({
      code: "forbidden",
      reason: "state_replayed",
      message: "This answer was used already. If the account is not on your list, start again from the connections page.",
    });
  });

  it("when its state is unknown, empty or missing", async () => {
    const words = {
      code: "forbidden",
      reason: "state_unknown",
      message: "This answer does not belong to anything you started here. Start again from the Connections page.",
    };
    const urls = [
      changed((query) => query.set("state", "made-up")),
      changed((query) => query.set("state", "")),
      changed((query) => query.delete("state")),
    ];
    for (const url of urls) expect(await refused(() => come(ada, url), ada)).toEqual(words);
  });

  it("when it took longer than ten minutes", async () => {
    here.core.clock.advance({ minutes: 10 });
    expect(await refused(() => come(ada, callbackUrl), ada)).toEqual({
      code: "forbidden",
      reason: "state_expired",
      message: "That took longer than ten minutes. Start again from the Connections page.",
    });
  });

  it("when somebody else brings it, and then it is spent for its person too", async () => {
    expect(await refused(() => come(linus, callbackUrl), linus)).toEqual({
      code: "forbidden",
      reason: "other_person",
      message: "Somebody else started this, so their answer was not taken for you. Start again from the Connections page.",
    });
    expect(await refused(() => come(ada, callbackUrl), ada)).toMatchObject({ reason: "state_replayed" });
  });

  it("when it comes back in another browser, and then it is spent for the first one too", async () => {
    expect(await refused(() => come(ada, callbackUrl, "demo", "another-browser-secret-0000000000000001"), ada)).toEqual({
      code: "forbidden",
      reason: "other_browser",
      message: "This was started in another browser, so it was thrown away. Start again from the Connections page.",
    });
    expect(await refused(() => come(ada, callbackUrl), ada)).toMatchObject({ reason: "state_replayed" });
  });

  it("when it comes back at another connector", async () => {
    expect(await refused(() => come(ada, callbackUrl, "github"), ada)).toEqual({
      code: "forbidden",
      reason: "connector_swapped",
      message: "You started with demo, but the answer came back for github. Start again from the Connections page.",
    });
  });

  it("when it names another issuer, even beside the right one", async () => {
    const words = {
      code: "forbidden",
      reason: "wrong_issuer",
      message: "The answer does not come from Demo Tracker, so it was thrown away. Start again, and tell an admin if it happens twice.",
    };
    const wrong = changed((query) => query.set("iss", "https://somebody-else.example"));
    expect(await refused(() => come(ada, wrong), ada, "connection.create")).toEqual(words);
    callbackUrl = await consentAs(await walk(), "ada");
    const both = changed((query) => query.append("iss", query.get("iss") ?? ""));
    expect(await refused(() => come(ada, both), ada, "connection.create")).toEqual(words);
  });

  it("when it does not name the issuer that this SaaS always names", async () => {
    const silent = changed((query) => query.delete("iss"));
    expect(await refused(() => come(ada, silent), ada, "connection.create")).toEqual({
      code: "forbidden",
      reason: "issuer_missing",
      message: "The answer does not say that it comes from Demo Tracker, so it was thrown away. Start again.",
    });
  });

  it("when it has no code, an empty one, or two", async () => {
    const changes = [
      (query: URLSearchParams) => query.delete("code"),
      (query: URLSearchParams) => query.set("code", ""),
      (query: URLSearchParams) => query.append("code", "another"),
    ];
    for (const change of changes) {
      callbackUrl = await consentAs(await walk(), "ada");
      expect(await refused(() => come(ada, changed(change)), ada, "connection.create")).toEqual({
        code: "invalid_request",
        reason: "code_missing",
        message: "Demo Tracker came back without an answer. Start again.",
      });
    }
  });

  it("when the person said no, with a row that says so", async () => {
    callbackUrl = await denyConsent(await walk());
    expect(await refused(() => come(ada, callbackUrl), ada, "connection.create")).toEqual({
      code: "access_denied",
      reason: "person_declined",
      message: "You said no at Demo Tracker. Nothing was connected.",
    });
  });

  it("when the SaaS names another error, and its words are not shown", async () => {
    const url = changed((query) => {
      query.delete("code");
      query.set("error", "<script>server_error</script>");
    });
    expect(await refused(() => come(ada, url), ada, "connection.create")).toEqual({
      code: "upstream_failed",
      reason: "provider_refused",
      message: "Demo Tracker did not give access. Try again, or tell an admin.",
    });
  });
});

describe("of two callbacks with one state at the same moment", () => {
  it("one is taken", async () => {
    const outcomes = await Promise.allSettled(Array.from({ length: 8 }, () => come(ada, callbackUrl)));
    expect(outcomes.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    const reasons = outcomes.flatMap((one) => (one.status === "rejected" ? [one.reason.reason] : []));
    expect(new Set(reasons)).toEqual(new Set(["state_replayed"]));
  });
});
