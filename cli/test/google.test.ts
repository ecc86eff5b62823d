import { writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type DropinValet, type Lent, startValet } from "../../e2e/dropins/valet";
import { type StrictApi, startStrictApi } from "../../e2e/fakes/strictApi";
import { builtCli, type Cli, only } from "./valet";

const AUTH = "https://www.googleapis.com/auth";
const READ = `${AUTH}/calendar.events.readonly`;
const WRITE = `${AUTH}/calendar.events`;
const EVENTS = "/calendar/v3/calendars/primary/events";
const client = { id: "google-client", secret: "google-secret" };

let saas: StrictApi;
let valet: DropinValet;
let cli: Cli;
beforeAll(async () => {
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
    ],
  });
  valet = await startValet(async () => ({
    connector: "google",
    connected: [READ, WRITE],
    client,
    hosts: { "oauth2.googleapis.com": saas.url, "openidconnect.googleapis.com": saas.url },
    endpoints: { apiBaseUrl: saas.url },
    consent: saas.consent,
  }));
  cli = await builtCli(valet.url);
});
afterAll(async () => {
  await Promise.all([valet.close(), saas.close()]);
  cli.close();
});

/** A program as its author wrote it: Google's own library, Google's own address, and no word of Valet. */
function program(): string[] {
  const library = pathToFileURL(createRequire(import.meta.url).resolve("google-auth-library")).href;
  const path = join(cli.home, "calendar.mjs");
  const text = `
    import { GoogleAuth } from ${JSON.stringify(library)};
    const google = await new GoogleAuth({ scopes: [${JSON.stringify(READ)}] }).getClient();
    try {
      console.log(JSON.stringify((await google.request({ url: ${JSON.stringify(saas.url + EVENTS)} })).data));
    } catch (error) {
      console.log(error.message);
    }`;
  writeFileSync(path, text);
  return [process.execPath, path];
}

const proof = ({ bot }: Lent) => ({ VALET_CLIENT_ID: bot.clientId, VALET_CLIENT_SECRET: bot.clientSecret });

it("google-auth-library gets Google's own token from a run, without a line changed and without the agent's secret", async () => {
  const lent = await valet.lend([READ], { lifetime: "30d" });
  const before = saas.calls.length;
  const look = ["sh", "-c", 'cat "$GOOGLE_APPLICATION_CREDENTIALS"; stat -c %a "$GOOGLE_APPLICATION_CREDENTIALS"'];
  const { stdout: file } = await cli.run(["run", "--", ...look], { env: proof(lent) });
  expect([file.includes(lent.bot.clientSecret), /(\d+)\n$/.exec(file)?.[1]]).toEqual([false, "600"]);
  const { code, stdout } = await cli.run(["run", "--", ...program()], { env: proof(lent) });
  expect([code, JSON.parse(stdout)]).toEqual([0, { items: [{ id: "e1" }] }]);
  expect(saas.calls.slice(before).map(({ method, credential, foreign }) => [method, credential, foreign])).toEqual([
    ["GET", "right", false],
  ]);
});

it("google-auth-library hears why a grant of the gateway does not do, and nothing of it reaches Google", async () => {
  const lent = await valet.lend([READ], { delivery: "gateway" });
  const before = saas.calls.length;
  const { stdout } = await cli.run(["run", "--", ...program()], { env: proof(lent) });
  expect(stdout).toContain("VALET_GOOGLE_BASE_URL");
  expect(saas.calls.slice(before)).toEqual([]);
});

it("google-auth-library works from the files of gcp-adc, outside of any run", async () => {
  const lent = await valet.lend([READ], { lifetime: "30d" });
  const file = join(cli.home, "adc.json");
  expect(await cli.run(["gcp-adc", "--out", file], { env: proof(lent) })).toMatchObject({ code: 0, stdout: `${file}\n` });
  const { spawn } = await import("node:child_process");
  const [node = "", path = ""] = program();
  const child = spawn(node, [path], { env: only({ ...cli.env, GOOGLE_APPLICATION_CREDENTIALS: file }), stdio: "pipe" });
  const [chunk] = await Promise.all([
    new Promise((resolve) => child.stdout.once("data", resolve)),
    new Promise((resolve) => child.once("close", resolve)),
  ]);
  expect(JSON.parse(String(chunk))).toEqual({ items: [{ id: "e1" }] });
});
