import type { ServerResponse } from "node:http";
import { Readable } from "node:stream";
import { brotliCompressSync, deflateSync, gzipSync } from "node:zlib";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { answerBody } from "../../lib/broker/answerBody";
import { askAccount } from "../../lib/connections/account";
import { askListing } from "../../lib/connections/askListing";
import { endAtProvider } from "../../lib/connections/endAtProvider";
import { exchangeToken, redeemCode, spendRefreshToken } from "../../lib/connections/tokenEndpoint";
import { demo } from "../../lib/connectors/demo";
import { github } from "../../lib/connectors/github";
import { notion } from "../../lib/connectors/notion";
import { WIRE_BYTES_MAX } from "../../lib/net/boundedAnswers";
import { guardedDispatcher, guardedFetch } from "../../lib/net/guard";
import { Fields } from "../../lib/net/message";
import type { SaasClient } from "../../lib/setups/client";
import { type TestCore, testCore } from "../../lib/testing/core";
import { type RawApi, startRawApi } from "../../lib/testing/rawApi";
import { refusalOf } from "../../lib/testing/refusal";
import { fetchKeys, KeysUnreachable } from "../../lib/trust/fetchKeys";
import type { TrustedIssuer } from "../../lib/trust/issuer";

const MIB = 1024 * 1024;
/** What a sender has given to its own machine before it hears that nobody listens. */
const UNDER_WAY_BYTES = 32 * MIB;

let core: TestCore;
let raw: RawApi;
beforeAll(async () => {
  raw = await startRawApi();
  core = await testCore({ fetch: guardedFetch(guardedDispatcher(new Set(["127.0.0.1"]))) });
});
afterAll(async () => {
  await raw.close();
  await core.close();
});

/** JSON as far as it goes, and ten million zeros in it. */
const ZEROS = Buffer.from(`{"access_token":"${"0".repeat(10 * MIB)}"}`);
const PIECE = gzipSync(Buffer.alloc(MIB, "0"));
/** The head of a gzip stream, and blocks of nothing: it goes on for ever and unpacks to nothing at all. */
const HEAD = gzipSync("").subarray(0, 10);
const NOTHING = Buffer.concat(Array.from({ length: 4096 }, () => Buffer.from([0, 0, 0, 0xff, 0xff])));

interface Bomb {
  readonly what: string;
  readonly packing: string;
  readonly first: Buffer;
  /** Sent again and again until nobody listens; null: it ends after the first. */
  readonly repeated: Buffer | null;
  readonly cause: "too_large" | "packed";
}

const times = (count: number, bytes: Buffer, pack = gzipSync): Buffer => (count === 0 ? bytes : times(count - 1, pack(bytes)));
const BOMBS: readonly Bomb[] = [
  { what: "ten million zeros in gzip", packing: "gzip", first: gzipSync(ZEROS), repeated: null, cause: "too_large" },
  { what: "the same in deflate", packing: "deflate", first: deflateSync(ZEROS), repeated: null, cause: "too_large" },
  { what: "the same in brotli", packing: "br", first: brotliCompressSync(ZEROS), repeated: null, cause: "too_large" },
  { what: "gzip in gzip", packing: "gzip, gzip", first: times(2, ZEROS), repeated: null, cause: "packed" },
  { what: "gzip in itself five times", packing: "gzip,gzip,gzip,gzip,gzip", first: times(5, ZEROS), repeated: null, cause: "packed" },
  { what: "a packing of another name", packing: "zstd", first: PIECE, repeated: PIECE, cause: "packed" },
  { what: "gzip without an end, a thousand times as large", packing: "gzip", first: PIECE, repeated: PIECE, cause: "too_large" },
  { what: "gzip without an end, of nothing", packing: "gzip", first: HEAD, repeated: NOTHING, cause: "too_large" },
  {
    what: "zeros without an end, not packed",
    packing: "",
    first: ZEROS.subarray(0, 100),
    repeated: ZEROS.subarray(100, MIB),
    cause: "too_large",
  },
];

interface Sent {
  bytes: number;
  /** Ends when the line is closed, by whomever. */
  closed: Promise<void>;
}
let sent: Sent[];
beforeEach(() => {
  sent = [];
});

function explode({ packing, first, repeated }: Bomb): void {
  raw.answer((_, response) => {
    const one: Sent = { bytes: 0, closed: new Promise((resolve) => response.once("close", resolve)) };
    sent.push(one);
    response.on("error", () => undefined);
    response.writeHead(200, { "content-type": "application/json", ...(packing ? { "content-encoding": packing } : {}) });
    if (repeated) goOn(response, [first, repeated], one);
    else response.end(first);
  });
}

function goOn(response: ServerResponse, [next, repeated]: [Buffer, Buffer], one: Sent): void {
  one.bytes += next.length;
  if (response.destroyed) return;
  const again = () => goOn(response, [repeated, repeated], one);
  if (response.write(next)) setImmediate(again);
  else response.once("drain", again);
}

const at = (path: string) => `${raw.url}${path}`;
/** Each at a SaaS of its own: what one does wrong is not held against the next. */
let made = 0;
function client(of = demo): SaasClient {
  made += 1;
  const oauth = { ...of.oauth, tokenUrl: at("/token") };
  const there = { account: { ...of.account, url: at("/me") }, revocation: { ...of.revocation, url: at("/revoke") } };
  const connector = { ...of, id: `${of.id}-${made}`, name: "Acme", oauth, ...there, api: { ...of.api, baseUrl: raw.url } };
  return { connector, clientId: "valet", clientSecret: "secret" } as SaasClient;
}

const issuer = (keysFrom: "discovery" | "url"): TrustedIssuer =>
  ({ kind: "oidc", issuer: raw.url, keysFrom, keysAt: keysFrom === "url" ? at("/keys") : null }) as TrustedIssuer;

/** Every place that reads an answer, and what it says of one that is none. */
const READERS: readonly [name: string, read: (cause: Bomb["cause"]) => Promise<void>][] = [
  ["the token endpoint, for a code", (cause) => bad(redeemCode(core, client(), "code", "v".repeat(43), "https://valet.test/cb"), cause)],
  ["the token endpoint, for a refresh token", (cause) => bad(spendRefreshToken(core, client(), "rt_1"), cause)],
  ["the token endpoint, for a narrower token", (cause) => bad(exchangeToken(core, client(), "at_1", ["read"]), cause)],
  ["the account", async () => expect(await askAccount(core, client().connector, "at_1")).toEqual({ status: null, account: null })],
  ["ending a token", async () => expect(await endAtProvider(core, client(), "at_1")).toBe("failed")],
  ["the keys of an issuer", (cause) => unreachable("url", cause)],
  ["the discovery document of an issuer", (cause) => unreachable("discovery", cause)],
];

async function bad(asked: Promise<unknown>, cause: Bomb["cause"]): Promise<void> {
  const words = { too_large: "answered with far more than a token needs", packed: "answered in a packing that Valet did not ask for" };
  const refused = await refusalOf(asked);
  expect(refused).toMatchObject({ code: "upstream_failed", reason: "provider_bad_answer", detail: cause });
  expect(refused.message).toBe(`Acme ${words[cause]}. Try again; if it stays so, tell an admin.`);
}

async function unreachable(keysFrom: "discovery" | "url", cause: Bomb["cause"]): Promise<void> {
  const words = { too_large: "answered more than 256 KiB.", packed: "answered in a packing that Valet did not ask for." };
  await expect(fetchKeys(core, issuer(keysFrom))).rejects.toEqual(new KeysUnreachable(`${new URL(raw.url).host} ${words[cause]}`));
}

describe.each(BOMBS)("an answer that is $what", (bomb) => {
  it.each(READERS)("is ended with its cause and closed: %s", async (_, read) => {
    explode(bomb);
    await read(bomb.cause);
    expect(sent).toHaveLength(1);
    const [one] = sent as [Sent];
    await one.closed;
    expect(one.bytes).toBeLessThan(WIRE_BYTES_MAX + UNDER_WAY_BYTES);
  });

  it("is a page of a list that is odd, and no more", async () => {
    const [kind] = github.resources ?? [];
    const { connector } = client(github as typeof demo);
    explode(bomb);
    const question = { connector, kind, held: ["repo"], text: "", cursor: null };
    expect(await askListing(core, question as Parameters<typeof askListing>[1], "at_1")).toBe("odd");
    await sent[0]?.closed;
  });
});

it.each(["gzip", "x-gzip", "", "identity", "utf-8"])("a token is believed with the content-encoding %j", async (packing) => {
  const token = JSON.stringify({ access_token: "at_1", token_type: "bearer", expires_in: 600 });
  raw.answer((_, response) => {
    response.writeHead(200, { "content-type": "application/json", ...(packing ? { "content-encoding": packing } : {}) });
    response.end(packing.includes("gzip") ? gzipSync(token) : token);
  });
  expect(await spendRefreshToken(core, client(), "rt_1")).toMatchObject({ accessToken: "at_1" });
});

it("a thousand times what came is never in memory, nor is a line left open", async () => {
  const before = process.memoryUsage().rss;
  for (const bomb of BOMBS.filter(({ repeated }) => repeated))
    for (let n = 0; n < 4; n += 1) {
      explode(bomb);
      await refusalOf(spendRefreshToken(core, client(), "rt_1"));
    }
  await Promise.all(sent.map(({ closed }) => closed));
  expect(process.memoryUsage().rss - before).toBeLessThan(160 * MIB);
});

it("what the gateway has to unpack for its links is unpacked no faster than its caller reads", async () => {
  let taken = 0;
  const endless = new Readable({
    read() {
      taken += PIECE.length;
      this.push(PIECE);
    },
  });
  const headers = new Fields({ "content-type": "application/json", "content-encoding": "gzip" });
  const body = answerBody({ ...notion, api: { ...notion.api, bodyLinks: ["/next"] } }, 200, headers, endless, "https://valet.test/proxy/x");
  const pieces = body[Symbol.asyncIterator]();
  for (let n = 0; n < 8; n += 1) expect((await pieces.next()).done).toBe(false);
  expect(taken).toBeLessThan(MIB);
  const closed = new Promise((resolve) => endless.once("close", resolve));
  await pieces.return?.();
  await closed;
});
