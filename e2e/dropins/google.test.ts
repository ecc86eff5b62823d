import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { GoogleAuth } from "google-auth-library";
import { afterAll, beforeAll, expect, it } from "vitest";
import { documentBlock } from "../../lib/testing/documents";
import { type StrictApi, startStrictApi } from "../fakes/strictApi";
import { type DropinValet, type Lent, startValet } from "./valet";

const AUTH = "https://www.googleapis.com/auth";
const READ = `${AUTH}/calendar.events.readonly`;
const WRITE = `${AUTH}/calendar.events`;
const EVENTS = "/calendar/v3/calendars/primary/events";
const client = { id: "google-client", secret: "google-secret" };

let saas: StrictApi;
let valet: DropinValet;
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "valet-google-"));
  saas = await startStrictApi({
    client,
    tokenPath: "/token",
    stableRefresh: true,
    tokenAnswer: ({ accessToken, refreshToken, scope }) => ({
      ...{ access_token: accessToken, refresh_token: refreshToken, scope, expires_in: 3600, token_type: "Bearer" },
    }),
    routes: [
      { method: "GET", path: /^\/v1\/userinfo$/, answer: () => ({ json: { sub: "1", email: "ada@example.com" } }) },
      { method: "GET", path: new RegExp(`^${EVENTS}$`), scopes: [READ, WRITE], answer: () => ({ json: { items: [{ id: "e1" }] } }) },
      { method: "POST", path: new RegExp(`^${EVENTS}$`), scopes: [WRITE], answer: () => ({ json: { id: "e2" } }) },
    ],
  });
  valet = await startValet(async () => ({
    connector: "google",
    connected: [READ, WRITE],
    client,
    hosts: { "oauth2.googleapis.com": saas.url, "openidconnect.googleapis.com": saas.url },
    // Where this machine's Google is: the library calls it past Valet.
    endpoints: { apiBaseUrl: saas.url },
    consent: saas.consent,
  }));
});
afterAll(async () => {
  await Promise.all([valet.close(), saas.close()]);
  await rm(folder, { recursive: true });
});

/** The file that `GOOGLE_APPLICATION_CREDENTIALS` names: all that changes for a program that uses Google's libraries. */
async function credentialsFile({ bot, grantId }: Lent, audience: string): Promise<string> {
  const grantFile = join(folder, `${grantId}.txt`);
  await writeFile(grantFile, grantId);
  const file = join(folder, `${grantId}.json`);
  const page = documentBlock("docs/drop-ins.md", "{")
    .replace('"google"', JSON.stringify(audience))
    .replace("VALET", valet.url)
    .replace("<the agent's id>", bot.clientId)
    .replace("<the agent's secret>", bot.clientSecret)
    .replace("<the file with the grant's id>", grantFile);
  await writeFile(file, page);
  return file;
}

/** A program as its author wrote it: it knows its scopes and Google's address. */
async function program(file: string, address: string) {
  process.env.GOOGLE_APPLICATION_CREDENTIALS = file;
  const google = await new GoogleAuth({ scopes: [READ] }).getClient();
  const list = () => google.request<{ items: { id: string }[] }>({ url: `${address}${EVENTS}` });
  const create = () => google.request({ url: `${address}${EVENTS}`, method: "POST", data: { summary: "Not lent" } });
  return { list, create };
}

it("google-auth-library gets Google's own narrowed token from a credentials file, and Google itself refuses the write", async () => {
  const lent = await valet.lend([READ], { lifetime: "30d" });
  const before = saas.calls.length;
  const { list, create } = await program(await credentialsFile(lent, "google"), saas.url);
  expect((await list()).data.items).toEqual([{ id: "e1" }]);
  await expect(create()).rejects.toMatchObject({ status: 403, message: "Insufficient Permission" });
  const seen = saas.calls.slice(before);
  expect(seen.map(({ method, scope }) => [method, scope?.includes(READ), scope?.includes("events ") || scope?.endsWith("events")])).toEqual(
    [
      ["GET", true, false],
      ["POST", true, false],
    ],
  );
  expect(seen.some(({ foreign }) => foreign)).toBe(false);
  expect(await lent.rows()).toEqual([]);
});

it("google-auth-library through the gateway by base URL is refused the write by Valet, and Google hears of none", async () => {
  const lent = await valet.lend([READ], { delivery: "gateway" });
  const before = saas.calls.length;
  const { list, create } = await program(await credentialsFile(lent, valet.base), valet.base);
  expect((await list()).data.items).toEqual([{ id: "e1" }]);
  await expect(create()).rejects.toMatchObject({ status: 403, message: expect.stringContaining("which was not lent") });
  expect(saas.calls.slice(before).map(({ method, credential, foreign }) => [method, credential, foreign])).toEqual([
    ["GET", "right", false],
  ]);
  expect(await lent.rows()).toEqual([`GET ${EVENTS}: allowed (within_grant)`, `POST ${EVENTS}: refused (outside_grant)`]);
});

it("an audience of Google's own address never gets a token for the gateway instead, which would be sent to Google", async () => {
  const lent = await valet.lend([READ], { delivery: "gateway" });
  const { list } = await program(await credentialsFile(lent, saas.url), saas.url);
  await expect(list()).rejects.toThrow(/invalid_target/);
});

it("scopes beyond the grant are refused in the way the library reports errors", async () => {
  const lent = await valet.lend([READ]);
  process.env.GOOGLE_APPLICATION_CREDENTIALS = await credentialsFile(lent, "google");
  const google = await new GoogleAuth({ scopes: [WRITE] }).getClient();
  await expect(google.getAccessToken()).rejects.toThrow(/Error code invalid_scope: The grant does not have the scope/);
});
