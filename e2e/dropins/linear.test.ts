import { LinearClient } from "@linear/sdk";
import { afterAll, beforeAll, expect, it } from "vitest";
import { pickAccount } from "../support/accounts";
import { CHOSEN, clientOf, endpointsOf, startEmulator, type Upstream } from "../support/emulators";
import { type DropinValet, startValet } from "./valet";

let saas: Upstream;
let valet: DropinValet;
beforeAll(async () => {
  valet = await startValet(async (url) => {
    saas = await startEmulator("linear", url);
    return {
      connector: "linear",
      connected: ["read", "write"],
      client: clientOf("linear"),
      endpoints: endpointsOf("linear", saas.recorder.url),
      consent: (authorizeUrl) => pickAccount(authorizeUrl, CHOSEN),
    };
  });
});
afterAll(() => Promise.all([valet.close(), saas.close()]));

it("@linear/sdk queries with its own documents, and its mutation is refused in its own words", async () => {
  const lent = await valet.lend(["read"]);
  const before = saas.recorder.exchanges.length;
  const linear = new LinearClient({ accessToken: lent.token, apiUrl: `${valet.base}/graphql` });
  expect((await linear.viewer).email).toBe(CHOSEN.email);
  const { data } = await linear.client.rawRequest<{ issues: { nodes: { title: string }[] } }, Record<string, unknown>>(
    "{ issues(first: 5) { nodes { title } } }",
  );
  expect(data?.issues.nodes.map(({ title }) => title)).toContain("Weigh the pitchblende");
  const refused = await linear.createIssue({ teamId: "t1", title: "Not lent" }).catch((error: unknown) => error);
  expect(refused).toMatchObject({ status: 403, message: expect.stringContaining("which was not lent") });
  const seen = saas.recorder.exchanges.slice(before);
  expect(seen.map(({ method, target, status }) => [method, target, status])).toEqual([
    ["POST", "/graphql", 200],
    ["POST", "/graphql", 200],
  ]);
  expect(JSON.stringify(seen)).not.toContain(lent.token);
  expect((await lent.rows()).at(-1)).toBe("POST /graphql: refused (outside_grant)");
});
