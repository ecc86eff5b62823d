import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, test } from "@playwright/test";
import { call, exchange, fetchAccess } from "./support/agent";
import { type Installation, openInstallation } from "./support/installation";
import { startValet } from "./support/valet";

const TRACE = "0af7651916cd43dd8448eb211c80319c";
const RUN = "run-that-an-operator-follows";

interface Span {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
}

/** What a collector of OpenTelemetry is sent. */
async function startCollector() {
  const spans: Span[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const { resourceSpans } = JSON.parse(Buffer.concat(chunks).toString("utf8"));
    for (const span of resourceSpans[0].scopeSpans[0].spans) {
      const attributes = span.attributes.map(({ key, value }: { key: string; value: object }) => [key, String(Object.values(value)[0])]);
      spans.push({ ...span, attributes: Object.fromEntries(attributes) });
    }
    response.end("{}");
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, spans, close: () => server.close() };
}

/** An agent's work, a stranger's, and a SaaS that breaks off. Answers the request's id of each kind that the log must have. */
async function work(here: Installation): Promise<Record<"exchange" | "call" | "stranger" | "away", string>> {
  const { world, lent, recorder } = here;
  const idOf = ({ headers }: { headers: Headers }) => headers.get("valet-request-id") ?? "";
  const traced = { traceparent: `00-${TRACE}-b7ad6b7169203331-01`, baggage: `valet.run_id=${RUN}` };
  const body = new URLSearchParams({
    grant_type: "urn:ietf:params:oauth:grant-type:token-exchange",
    subject_token: lent.grantId,
    subject_token_type: "urn:valet:params:oauth:token-type:grant",
    run_id: RUN,
  });
  const proof = Buffer.from(`${lent.bot.clientId}:${lent.bot.clientSecret}`).toString("base64");
  const given = await fetch(`${recorder.url}/oauth/token`, {
    method: "POST",
    body,
    headers: { ...traced, authorization: `Basic ${proof}` },
  });
  const { access_token, api_base } = (await given.json()) as { access_token: string; api_base: string };
  const called = await fetch(`${api_base}/api/issues?q=words-of-a-query`, {
    headers: { ...traced, authorization: `Bearer ${access_token}` },
  });
  expect([given.status, called.status]).toEqual([200, 200]);
  const stranger = await exchange(world, { ...lent.bot, clientId: "agt_nobody", clientSecret: "a-secret-that-is-wrong" }, lent.grantId);
  const { access_token: token } = await fetchAccess(world, lent.bot, lent.grantId);
  here.saas.control.breakNext("api", "drop");
  const away = await call(token, "GET", `${api_base}/api/issues`);
  expect([stranger.status, away.status]).toEqual([401, 502]);
  return { exchange: idOf(given), call: idOf(called), stranger: idOf(stranger), away: idOf(away) };
}

test("each request is a trace at the operator's collector, and every line of the log is JSON that the documentation has", async () => {
  const collector = await startCollector();
  const here = await openInstallation();
  const more = { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, OTEL_BSP_SCHEDULE_DELAY: "100" };
  const valet = await startValet(here.recorder, { ...here.environment, ...more });
  try {
    const ids = await work(here);
    const requests = () => collector.spans.filter(({ attributes }) => Object.values(ids).includes(attributes["valet.request_id"] ?? ""));
    await expect.poll(() => requests().length).toBe(4);
    const of = (requestId: string) => {
      const request = requests().find(({ attributes }) => attributes["valet.request_id"] === requestId) as Span;
      return { request, parts: collector.spans.filter(({ parentSpanId }) => parentSpanId === request.spanId) };
    };

    const exchanged = of(ids.exchange);
    expect(exchanged.request).toMatchObject({ traceId: TRACE, parentSpanId: "b7ad6b7169203331", name: "POST /oauth/token" });
    expect(exchanged.request.attributes).toMatchObject({
      "http.response.status_code": "200",
      "valet.use_id": expect.stringMatching(/^use_/),
      "valet.run_id": RUN,
      "valet.decision": "allowed",
      "valet.grant_id": here.lent.grantId,
    });
    expect(exchanged.parts.map(({ name }) => name)).toEqual(expect.arrayContaining(["access", "gate"]));

    const { request, parts } = of(ids.call);
    expect(request).toMatchObject({ traceId: TRACE, name: "GET gateway" });
    expect(parts.map(({ name }) => name).sort()).toEqual(expect.arrayContaining(["access", "gate", "upstream"]));
    expect(parts.find(({ name }) => name === "upstream")?.attributes).toEqual({
      "server.address": "127.0.0.1",
      "http.request.method": "GET",
      "http.response.status_code": "200",
    });
    // The SaaS itself was told nothing of it.
    expect(here.saas.calls.flatMap(({ headerNames }) => [...headerNames]).filter((name) => name.startsWith("trace"))).toEqual([]);

    const lines = await logOf(valet, [ids.stranger, ids.away]);
    const known = events();
    for (const line of lines) expect(known, JSON.stringify(line)).toContain(line.event);
    expect(lines.find(({ requestId }) => requestId === ids.stranger)).toMatchObject({
      event: "use.refused",
      level: 40,
      useId: expect.stringMatching(/^use_/),
    });
    const refused = lines.find(({ requestId }) => requestId === ids.away);
    expect(refused).toMatchObject({ event: "refused", reason: expect.stringMatching(/^upstream_/), useId: expect.stringMatching(/^use_/) });
    expect(refused?.traceId).toBe(of(ids.away).request.traceId);

    // No secret, nobody's name and no query is in either.
    const told = JSON.stringify([collector.spans, lines]);
    expect(told).not.toMatch(/vlt_|eyJ|saas_|a-secret-that-is-wrong|words-of-a-query|Ada|@/);
    expect(told).not.toContain(here.lent.bot.clientSecret);
  } finally {
    await valet.stop();
    collector.close();
    await here.close();
  }
});

type Line = Readonly<Record<string, unknown>>;

/** The standard output, every line of it, once it has these requests. */
async function logOf(valet: { logged(): string }, requestIds: readonly string[]): Promise<Line[]> {
  await expect.poll(() => requestIds.every((id) => valet.logged().includes(id))).toBe(true);
  const lines = valet.logged().split("\n");
  expect(lines.pop()).toBe("");
  return lines.map((line) => JSON.parse(line));
}

/** Those that docs/operations.md has. */
function events(): string[] {
  const section = readFileSync("docs/operations.md", "utf8").split("\n## Logs\n")[1]?.split("\n## ")[0] ?? "";
  return [...section.matchAll(/^\| `([\w.]+)`/gm)].map(([, event]) => event as string);
}
