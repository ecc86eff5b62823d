import { ErrorCode, LogLevel, WebClient } from "@slack/web-api";
import { afterAll, beforeAll, expect, it } from "vitest";
import { pickAccount } from "../support/accounts";
import { CHOSEN, clientOf, endpointsOf, startEmulator, type Upstream } from "../support/emulators";
import { type DropinValet, startValet } from "./valet";

let saas: Upstream;
let valet: DropinValet;
beforeAll(async () => {
  valet = await startValet(async (url) => {
    saas = await startEmulator("slack", url);
    return {
      connector: "slack",
      connected: ["users:read", "channels:read", "chat:write"],
      client: clientOf("slack"),
      endpoints: endpointsOf("slack", saas.recorder.url),
      consent: (authorizeUrl) => pickAccount(authorizeUrl, CHOSEN),
    };
  });
});
afterAll(() => Promise.all([valet.close(), saas.close()]));

it("@slack/web-api reads channel by channel, and its write is refused in its own words", async () => {
  const lent = await valet.lend(["channels:read"]);
  const before = saas.recorder.exchanges.length;
  const options = { slackApiUrl: `${valet.base}/`, logLevel: LogLevel.ERROR, retryConfig: { retries: 0 } };
  const slack = new WebClient(lent.token, options);
  const { channels } = await slack.conversations.list({ limit: 100 });
  expect(channels?.map(({ name }) => name)).toContain("radium");
  const channel = channels?.[0]?.id ?? "";
  const refused = await slack.chat.postMessage({ channel, text: "Not lent" }).catch((error: unknown) => error);
  expect(refused).toMatchObject({ code: ErrorCode.HTTPError, statusCode: 403, body: { code: "not_allowed", reason: "outside_grant" } });
  // Given per call, the package repeats the token in the form.
  expect((await new WebClient(undefined, options).conversations.info({ channel, token: lent.token })).ok).toBe(true);
  const other = { channel, token: "xoxp-of-somebody-else" };
  expect(await new WebClient(lent.token, options).conversations.info(other).catch((error: unknown) => error)).toMatchObject({
    code: ErrorCode.HTTPError,
    statusCode: 401,
  });

  const seen = saas.recorder.exchanges.slice(before);
  expect(seen.map(({ method, target, status }) => [method, target, status])).toEqual([
    ["POST", "/api/conversations.list", 200],
    ["POST", "/api/conversations.info", 200],
  ]);
  expect(JSON.stringify(seen)).not.toContain(lent.token);
  expect(await lent.rows()).toEqual([
    "POST /conversations.list: allowed (within_grant)",
    "POST /chat.postMessage: refused (outside_grant)",
    "POST /conversations.info: allowed (within_grant)",
  ]);
});
