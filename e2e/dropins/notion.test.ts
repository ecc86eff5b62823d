import { Client, iteratePaginatedAPI } from "@notionhq/client";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type StrictApi, startStrictApi } from "../fakes/strictApi";
import { type DropinValet, startValet } from "./valet";

const client = { id: "notion-client", secret: "notion-secret" };
const PAGE = "59833787-2cf9-4fdf-8782-e53db20768a5";
const block = (id: string) => ({ object: "block", id, type: "divider", divider: {} });

let saas: StrictApi;
let valet: DropinValet;
beforeAll(async () => {
  saas = await startStrictApi({
    client,
    tokenPath: "/v1/oauth/token",
    tokenAnswer: ({ accessToken, refreshToken }) => ({ access_token: accessToken, refresh_token: refreshToken, token_type: "bearer" }),
    routes: [
      { method: "GET", path: /^\/v1\/users\/me$/, answer: () => ({ json: ME }) },
      { method: "GET", path: new RegExp(`^/v1/pages/${PAGE}$`), answer: () => ({ json: { object: "page", id: PAGE, url: "https://x" } }) },
      {
        method: "GET",
        path: new RegExp(`^/v1/blocks/${PAGE}/children$`),
        answer: ({ query }) => ({
          json: query.has("start_cursor")
            ? { object: "list", results: [block("b2")], has_more: false, next_cursor: null }
            : { object: "list", results: [block("b1")], has_more: true, next_cursor: "c2" },
        }),
      },
      { method: "PATCH", path: /^\/v1\//, answer: () => ({ json: { object: "page", id: PAGE, changed: true } }) },
    ],
  });
  valet = await startValet(async () => ({
    connector: "notion",
    connected: [],
    client,
    hosts: { "api.notion.com": saas.url },
    consent: saas.consent,
  }));
});
afterAll(() => Promise.all([valet.close(), saas.close()]));

const ME = {
  object: "user",
  id: "b1",
  name: "Valet",
  bot: { owner: { type: "user", user: { id: "u1", name: "Ada", person: { email: "ada@example.com" } } }, workspace_id: "w1" },
};

it("@notionhq/client reads pages and follows cursors, and its write is refused in its own words", async () => {
  const lent = await valet.lend(["read_content"]);
  // What its user had, but for the token and the address.
  const notion = new Client({ auth: lent.token, baseUrl: valet.base, retry: false });
  expect(await notion.pages.retrieve({ page_id: PAGE })).toMatchObject({ object: "page", id: PAGE });
  const blocks = [];
  for await (const one of iteratePaginatedAPI(notion.blocks.children.list, { block_id: PAGE })) blocks.push(one.id);
  expect(blocks).toEqual(["b1", "b2"]);
  const refused = await notion.pages.update({ page_id: PAGE, in_trash: true }).catch((error: unknown) => error);
  expect(refused).toMatchObject({ code: "notionhq_client_response_error", status: 403 });
  expect(String((refused as { body: string }).body)).toContain("which was not lent");

  const seen = saas.calls.filter(({ path }) => path !== "/v1/users/me");
  expect(seen.map(({ method, path, credential, foreign }) => [method, path, credential, foreign])).toEqual([
    ["GET", `/v1/pages/${PAGE}`, "right", false],
    ["GET", `/v1/blocks/${PAGE}/children`, "right", false],
    ["GET", `/v1/blocks/${PAGE}/children`, "right", false],
  ]);
  expect(seen.every(({ headers }) => headers["notion-version"] === "2025-09-03")).toBe(true);
  expect((await lent.rows()).at(-1)).toBe(`PATCH /v1/pages/${PAGE}: refused (outside_grant)`);
});
