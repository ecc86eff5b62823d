import { randomBytes } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { builtCli, type Cli } from "./valet";

const DEVICE = "urn:ietf:params:oauth:grant-type:device_code";

/** An authorization server as RFC 8628 and RFC 6749 section 6 have it, and no more friendly: early polls and used tokens are refused. */
interface DeviceServer {
  readonly url: string;
  /** What is answered to polls, in turn; the last one stays. "yes" gives tokens. */
  answers: string[];
  /** Seconds from the answer before to each poll. */
  readonly waits: number[];
  accessSeconds: number;
  /** Refresh tokens that were spent. */
  readonly spent: string[];
  readonly revoked: string[];
  close(): Promise<void>;
}

let server: DeviceServer;
let cli: Cli;
beforeEach(async () => {
  server = await startDeviceServer();
  cli = await builtCli(server.url);
});
afterEach(async () => {
  await server.close();
  cli.close();
});

const keptFile = () => join(cli.home, "valet", `${encodeURIComponent(new URL(server.url).host)}.json`);

describe("login by code", () => {
  it("shows the page and the code, waits as long as it is told to, and keeps what it got", async () => {
    server.answers = ["authorization_pending", "slow_down", "yes"];
    const { code, stdout, stderr } = await cli.run(["login", "--json"]);
    expect({ code, me: JSON.parse(stdout) }).toMatchObject({ code: 0, me: { name: "Ada Lovelace", url: server.url } });
    expect(stderr).toContain(`Open ${server.url}/device and enter the code WDJB-MJHT`);
    expect(stdout + stderr).not.toMatch(/at_|rt_|dc_/);
    expect(server.waits.map((wait, poll) => wait >= ([1, 1, 6][poll] ?? 0) - 0.05)).toEqual([true, true, true]);
    expect(await cli.run(["whoami"])).toMatchObject({ code: 0, stdout: expect.stringContaining("Ada Lovelace") });
  });

  it("keeps nothing when the person says no, or when the code ends", async () => {
    server.answers = ["access_denied"];
    expect(await cli.run(["login"])).toMatchObject({ code: 4, stdout: "" });
    server.answers = ["expired_token"];
    expect(await cli.run(["login"])).toMatchObject({ code: 3, stdout: "", stderr: expect.stringContaining("valet login") });
    expect(await cli.run(["whoami"])).toMatchObject({ code: 3 });
  });
});

describe("a login that is near its end", () => {
  it("is renewed once, also when several commands find it so; the new refresh token takes the place of the old", async () => {
    server.answers = ["yes"];
    server.accessSeconds = 30;
    await cli.run(["login"]);
    server.accessSeconds = 3600;
    const all = await Promise.all([1, 2, 3].map(() => cli.run(["whoami"])));
    expect(all.map(({ code }) => code)).toEqual([0, 0, 0]);
    expect(server.spent).toHaveLength(1);
    expect(readFileSync(keptFile(), "utf8")).not.toContain(server.spent[0]);
  });

  it("says to log in again when it cannot be renewed, and is ended at Valet by logout", async () => {
    server.answers = ["yes"];
    await cli.run(["login"]);
    const kept = JSON.parse(readFileSync(keptFile(), "utf8"));
    const ended = { ...kept, person: { ...kept.person, refreshToken: "rt_unknown", expiresAt: "2020-01-01T00:00:00Z" } };
    writeFileSync(keptFile(), JSON.stringify(ended), { mode: 0o600 });
    expect(await cli.run(["whoami"])).toMatchObject({ code: 3, stderr: expect.stringContaining("valet login") });
    const out = await cli.run(["logout", "--json"]);
    expect(JSON.parse(out.stdout)).toMatchObject({ logged_out: true, ended: true });
    expect(server.revoked).toEqual(["rt_unknown"]);
  });
});

interface State {
  readonly handle: DeviceServer;
  readonly device: string;
  readonly live: { access: Set<string>; refresh: Set<string> };
  last: number;
  interval: number;
}

async function startDeviceServer(): Promise<DeviceServer> {
  const http = createServer((request, response) => void serve(state, request, response).catch(() => response.destroy()));
  http.keepAliveTimeout = 0;
  await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));
  const handle: DeviceServer = {
    url: `http://127.0.0.1:${(http.address() as AddressInfo).port}`,
    ...{ answers: [], waits: [], spent: [], revoked: [], accessSeconds: 3600 },
    close: () => {
      http.closeAllConnections();
      return new Promise((resolve) => http.close(() => resolve()));
    },
  };
  const state: State = { handle, device: `dc_${random()}`, live: { access: new Set(), refresh: new Set() }, last: 0, interval: 1 };
  return handle;
}

const random = () => randomBytes(12).toString("hex");

async function serve(state: State, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const form = new URLSearchParams(await text(request));
  const send = (status: number, body: unknown) =>
    void response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
  if (request.url === "/api/v1/me") {
    const known = state.live.access.has((request.headers.authorization ?? "").replace("Bearer ", ""));
    return known ? send(200, { name: "Ada Lovelace", email: "ada@example.com", role: "member" }) : send(401, { code: "invalid_token" });
  }
  if (form.get("client_id") !== "valet-cli") return send(401, { error: "invalid_client" });
  if (request.url === "/oauth/device_authorization") {
    Object.assign(state, { last: Date.now(), interval: 1 });
    const page = `${state.handle.url}/device`;
    return send(200, { device_code: state.device, user_code: "WDJB-MJHT", verification_uri: page, expires_in: 600, interval: 1 });
  }
  if (request.url === "/oauth/revoke") {
    state.handle.revoked.push(form.get("token") ?? "");
    return send(200, {});
  }
  send(...answerToken(state, form));
}

function answerToken(state: State, form: URLSearchParams): [number, unknown] {
  if (form.get("grant_type") === "refresh_token") {
    const token = form.get("refresh_token") ?? "";
    if (!state.live.refresh.delete(token)) return [400, { error: "invalid_grant", error_description: "It was used." }];
    state.handle.spent.push(token);
    return give(state);
  }
  if (form.get("grant_type") !== DEVICE || form.get("device_code") !== state.device) return [400, { error: "invalid_grant" }];
  const waited = (Date.now() - state.last) / 1000;
  state.last = Date.now();
  state.handle.waits.push(waited);
  if (waited < state.interval - 0.05) return [400, { error: "invalid_request", error_description: "That was too early." }];
  const answer = state.handle.answers.length > 1 ? state.handle.answers.shift() : state.handle.answers[0];
  if (answer === "slow_down") state.interval += 5;
  return answer === "yes" ? give(state) : [400, { error: answer, error_description: "Not yet." }];
}

function give({ live, handle }: State): [number, unknown] {
  const [access, refresh] = [`at_${random()}`, `rt_${random()}`];
  live.access.add(access);
  live.refresh.add(refresh);
  return [200, { access_token: access, refresh_token: refresh, token_type: "Bearer", expires_in: handle.accessSeconds }];
}
