import { EventEmitter, once } from "node:events";
import type { IncomingMessage } from "node:http";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type World, world } from "../../lib/testing/builders";
import { openServer, type Serving } from "../../lib/wire/openServer";
import { HEADER_FIELDS_MAX, PAGE_BODY_BYTES_MAX, SMALL_BODY_BYTES_MAX, TARGET_CHARACTERS_MAX } from "../../lib/wire/wireLimits";
import { dial, hear, lines, listen, sendRaw } from "./sockets";

let here: World;
let serving: Serving;
let port: number;
/** What came as far as the pages. */
const shown: IncomingMessage[] = [];
beforeAll(async () => {
  here = await world();
  serving = openServer(
    here.core,
    async (request, response) => {
      shown.push(request);
      for await (const _ of request);
      response.end("a page");
    },
    { headersMs: 200, bodyMs: 200, lookMs: 20 },
  );
  port = await listen(serving.server);
});
afterAll(async () => {
  serving.server.closeAllConnections();
  await serving.drain();
  await here.close();
});

const timeIsUp = new EventEmitter();
const HOST = "Host: valet.test";
const CLOSE = "Connection: close";
const FORM = "Content-Type: application/x-www-form-urlencoded";
const HEALTHY = lines("GET /healthz HTTP/1.1", HOST, CLOSE, "", "");

describe("a request that two servers could read in two ways is read in none", () => {
  const smuggled = HEALTHY;
  const CASES: Record<string, string> = {
    "a length beside chunks": lines(
      ...["POST /oauth/token HTTP/1.1", HOST, FORM, "Content-Length: 5", "Transfer-Encoding: chunked", "", "0", "", ""],
      smuggled,
    ),
    "chunks beside a length": lines(
      ...["POST /oauth/token HTTP/1.1", HOST, FORM, "Transfer-Encoding: chunked", "Content-Length: 5", "", "0", "", ""],
      smuggled,
    ),
    "two lengths": lines("POST /oauth/token HTTP/1.1", HOST, FORM, "Content-Length: 0", "Content-Length: 44", "", smuggled),
    "one length twice": lines("POST /oauth/token HTTP/1.1", HOST, FORM, "Content-Length: 0", "Content-Length: 0", "", smuggled),
    "a list of lengths": lines("POST /oauth/token HTTP/1.1", HOST, FORM, "Content-Length: 0, 44", "", smuggled),
    "a length with a sign": lines("POST /oauth/token HTTP/1.1", HOST, FORM, "Content-Length: +0", "", smuggled),
    "a folded line": lines("POST /oauth/token HTTP/1.1", HOST, FORM, "X-A: b", " Content-Length: 44", "", smuggled),
    "a folded coding": lines("POST /oauth/token HTTP/1.1", HOST, FORM, "Transfer-Encoding:", " chunked", "", "0", "", smuggled),
    "a blank before the colon": lines("POST /oauth/token HTTP/1.1", HOST, FORM, "Transfer-Encoding : chunked", "", "0", "", smuggled),
    "a coding that nobody knows": lines("POST /oauth/token HTTP/1.1", HOST, FORM, "Transfer-Encoding: xchunked", "", "0", "", smuggled),
    "chunks that are not last": lines(
      ...["POST /oauth/token HTTP/1.1", HOST, FORM, "Transfer-Encoding: chunked, identity", "", "0", "", smuggled],
    ),
    "two codings": lines(
      ...["POST /oauth/token HTTP/1.1", HOST, FORM, "Transfer-Encoding: chunked", "Transfer-Encoding: identity", "", "0", "", smuggled],
    ),
    "chunks by HTTP/1.0": lines("POST /oauth/token HTTP/1.0", HOST, FORM, "Transfer-Encoding: chunked", "", "0", "", smuggled),
    "bare line feeds": HEALTHY.replaceAll("\r\n", "\n"),
    "a bare carriage return": lines("GET /healthz HTTP/1.1", HOST, "X-A: b\rX-B: c", CLOSE, "", ""),
    "a bare line feed in a chunk's size": lines(
      ...["POST /oauth/token HTTP/1.1", HOST, FORM, "Transfer-Encoding: chunked", "", "1;a=\nb", "x", "0", "", ""],
    ),
    "a NUL in a field": lines("GET /healthz HTTP/1.1", HOST, "X-A: b\0c", CLOSE, "", ""),
    "two hosts": lines("GET /healthz HTTP/1.1", HOST, "Host: elsewhere.test", CLOSE, "", ""),
    "no host": lines("GET /healthz HTTP/1.1", CLOSE, "", ""),
    "two credentials": lines("GET /healthz HTTP/1.1", HOST, "Authorization: Bearer a", "Authorization: Bearer b", CLOSE, "", ""),
    "two kinds of body": lines("POST /oauth/token HTTP/1.1", HOST, FORM, "Content-Type: text/plain", "Content-Length: 0", CLOSE, "", ""),
    "no version": lines("GET /healthz", "", ""),
  };
  it.each(Object.entries(CASES))("%s", async (_, bytes) => {
    const { status, answers } = await sendRaw(port, bytes);
    expect([status, answers]).toEqual([400, 1]);
  });

  it("and a good one is, once for each that was sent", async () => {
    const kept = HEALTHY.replace(`${CLOSE}\r\n`, "");
    expect(await sendRaw(port, HEALTHY)).toMatchObject({ status: 200, answers: 1 });
    expect(await sendRaw(port, kept + HEALTHY)).toMatchObject({ status: 200, answers: 2 });
  });

  it("an address of another server, a tunnel, and a method of nobody's are not taken", async () => {
    const ask = (line: string) => sendRaw(port, lines(`${line} HTTP/1.1`, HOST, CLOSE, "", ""));
    expect((await ask("GET http://elsewhere.test/healthz")).status).toBe(405);
    expect((await ask("CONNECT elsewhere.test:443")).status).toBeNull();
    expect((await ask("TRACE /healthz")).status).toBe(405);
    const upgraded = await sendRaw(port, lines("GET /healthz HTTP/1.1", HOST, "Connection: Upgrade, close", "Upgrade: h2c", "", ""));
    expect([upgraded.status, upgraded.answers]).toEqual([200, 1]);
  });
});

describe("nothing that is sent becomes a header of an answer", () => {
  const INJECTED = "%0d%0aSet-Cookie:%20valet-session=mine%0d%0a%0d%0a<script>";
  const places = [
    `/oauth/${INJECTED}`,
    `/proxy/demo/${INJECTED}`,
    `/proxy/${INJECTED}/api/issues`,
    `/api/v1/grants/${INJECTED}`,
    `/api/v1/me?${INJECTED}=${INJECTED}`,
  ];
  it.each(places)("%s", async (target) => {
    const baggage = `baggage: valet.run_id=${INJECTED}`;
    const { text, answers } = await sendRaw(
      port,
      lines(`GET ${target} HTTP/1.1`, HOST, CLOSE, baggage, `Valet-Connection: ${INJECTED}`, "", ""),
    );
    expect(answers).toBe(1);
    const head = text.slice(0, text.indexOf("\r\n\r\n"));
    expect(head.split("\r\n").filter((line) => /^set-cookie/i.test(line))).toEqual([]);
    expect(head).not.toContain("script");
  });
});

describe("a request that is too much is not read", () => {
  const head = (...more: string[]) => sendRaw(port, lines("GET /healthz HTTP/1.1", HOST, CLOSE, ...more, "", ""));
  const fields = (count: number) => Array.from({ length: count }, (_, index) => `X-${index}: a`);

  it("a header field too many, and none is left out without a word", async () => {
    expect((await head(...fields(HEADER_FIELDS_MAX - 2))).status).toBe(200);
    expect((await head(...fields(HEADER_FIELDS_MAX - 1))).status).toBe(431);
    expect((await head(...fields(2_100))).status).toBe(431);
  });

  it("header fields of more than 16 KiB", async () => {
    expect((await head(`X-A: ${"a".repeat(17_000)}`)).status).toBe(431);
  });

  it("an address of more than 8,192 characters", async () => {
    const get = (target: string) => sendRaw(port, lines(`GET ${target} HTTP/1.1`, HOST, CLOSE, "", ""));
    expect((await get("/healthz?".padEnd(TARGET_CHARACTERS_MAX, "a"))).status).toBe(200);
    expect((await get("/healthz?".padEnd(TARGET_CHARACTERS_MAX + 1, "a"))).status).toBe(414);
  });

  it("a form or JSON of more than 64 KiB, by its length and by its chunks", async () => {
    const body = "a=".padEnd(SMALL_BODY_BYTES_MAX + 1, "a");
    const start = ["POST /oauth/token HTTP/1.1", HOST, CLOSE, FORM];
    expect((await sendRaw(port, lines(...start, `Content-Length: ${body.length}`, "", body))).status).toBe(413);
    const chunked = lines(...start, "Transfer-Encoding: chunked", "", body.length.toString(16), body, "0", "", "");
    expect((await sendRaw(port, chunked)).status).toBe(413);
  });

  it("a page's form of more than 1 MiB, before it is sent", async () => {
    const before = shown.length;
    const asked = lines(
      "POST /agents/new HTTP/1.1",
      HOST,
      `Origin: ${here.core.settings.publicUrl}`,
      `Content-Length: ${PAGE_BODY_BYTES_MAX + 1}`,
      "",
      "",
    );
    expect((await sendRaw(port, asked)).status).toBe(413);
    expect(shown).toHaveLength(before);
  });

  it("a packed body, which may be large once it is unpacked", async () => {
    const asked = lines("POST /oauth/token HTTP/1.1", HOST, CLOSE, FORM, "Content-Encoding: gzip", "Content-Length: 1", "", "a");
    expect(await sendRaw(port, asked)).toMatchObject({ status: 400, text: expect.stringContaining("Content-Encoding") });
  });
});

describe("a request that is sent slowly ends", () => {
  it("before its header fields are whole", async () => {
    const socket = await dial(port);
    socket.write("GET /healthz HTTP/1.1\r\nHost: valet.test\r\nX-A: ");
    expect((await hear(socket)).status).toBe(408);
  });

  it.each(["/oauth/token", "/api/v1/grants", "/agents/new"])("before its body is: %s", async (path) => {
    const socket = await dial(port);
    const origin = `Origin: ${here.core.settings.publicUrl}`;
    socket.write(lines(`POST ${path} HTTP/1.1`, HOST, origin, FORM, "Content-Length: 100", "", "half"));
    expect(await hear(socket)).toMatchObject({ status: path === "/api/v1/grants" ? 401 : 408, answers: 1 });
    expect(here.core.log.lines.filter(({ event }) => event === "bug" || event === "database.away")).toEqual([]);
  });

  it("but a page whose request is whole may take its time, and an upload to a SaaS as long as it moves", async () => {
    const slow = openServer(
      here.core,
      async (_, response) => {
        await once(timeIsUp, "up");
        response.end("late");
      },
      { bodyMs: 20, lookMs: 10 },
    );
    const at = await listen(slow.server);
    const page = sendRaw(at, lines("GET /slow HTTP/1.1", HOST, CLOSE, "", ""));
    const upload = await dial(at);
    upload.write(lines("POST /proxy/demo/api/files HTTP/1.1", HOST, CLOSE, "Content-Length: 4", "", "a"));
    // By now a body that was held to the limit would have been ended.
    const late = await dial(at);
    late.write(lines("POST /oauth/token HTTP/1.1", HOST, FORM, "Content-Length: 100", "", "half"));
    expect((await hear(late)).status).toBe(408);
    timeIsUp.emit("up");
    expect(await page).toMatchObject({ status: 200, text: expect.stringContaining("late") });
    upload.write("bcd");
    expect((await hear(upload)).status).toBe(401);
    await slow.drain();
  });
});
