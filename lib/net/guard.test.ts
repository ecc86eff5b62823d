import type { LookupAddress } from "node:dns";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { guardedDispatcher, guardedFetch, isPrivateAddress } from "./guard";

/** What the name server says here: nothing but these names exist. */
const names: Record<string, LookupAddress[]> = {
  "internal.test": [{ address: "10.0.0.5", family: 4 }],
  "metadata.test": [{ address: "169.254.169.254", family: 4 }],
  "six.test": [{ address: "::ffff:127.0.0.1", family: 6 }],
  "localhost.test": [{ address: "127.0.0.1", family: 4 }],
  "trusted.test": [{ address: "127.0.0.1", family: 4 }],
  "nat64.test": [{ address: "64:ff9b::7f00:1", family: 6 }],
  "several.test": [
    { address: "10.0.0.5", family: 4 },
    { address: "::1", family: 6 },
    { address: "0.0.0.0", family: 4 },
  ],
};
/** Names whose next answer is another one: `rebinds.test` is public once, and private ever after. */
const changing: Record<string, LookupAddress[][]> = {
  "rebinds.test": [[{ address: "192.0.2.7", family: 4 }], [{ address: "127.0.0.1", family: 4 }]],
};
let asked: string[] = [];
vi.mock("node:dns", () => ({
  lookup(hostname: string, _options: object, callback: (error: Error | null, addresses: LookupAddress[]) => void) {
    asked.push(hostname);
    const addresses = changing[hostname]?.shift() ?? names[hostname];
    callback(addresses ? null : Object.assign(new Error("no such name"), { code: "ENOTFOUND" }), addresses ?? []);
  },
}));

const PRIVATE = `0.0.0.0 10.1.2.3 100.64.0.1 127.0.0.1 127.255.255.254 169.254.169.254 172.16.0.1 172.31.255.255 192.0.0.8
  192.168.1.1 198.18.0.1 224.0.0.1 240.0.0.1 255.255.255.255 :: ::1 ::127.0.0.1 ::ffff:127.0.0.1 ::ffff:7f00:1 ::FFFF:10.0.0.1
  0:0:0:0:0:ffff:a9fe:a9fe 64:ff9b::7f00:1 64:ff9b:1::7f00:1 2002:7f00:1:: 2001:0:1::1 fc00::1 fd12:3456::1 fe80::1 fe80::1%eth0
  fec0::1 ff02::1 192.0.2.1 192.88.99.1 198.51.100.1 203.0.113.1 ::ffff:0:7f00:1 64:ff9b::a9fe:a9fe 100::1 2001:1::1 2001:db8::1 3fff::1
  2002:a9fe:a9fe:: localhost 2130706433 0x7f.1 0177.0.0.1`.split(/\s+/);
const PUBLIC = `1.1.1.1 8.8.8.8 100.63.255.255 100.128.0.1 140.82.121.4 172.15.255.255 172.32.0.1 192.0.1.1 198.17.255.255 198.20.0.1
  223.255.255.255 2606:4700::1111 2a00:1450:4001::1 ::ffff:8.8.8.8`.split(/\s+/);

let server: Server;
let port: number;
let reached: number;
beforeAll(async () => {
  server = createServer((request, response) => {
    reached += 1;
    if (request.url === "/moved") response.writeHead(302, { location: `http://127.0.0.1:${port}/secret` }).end();
    else response.end("here");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  port = (server.address() as AddressInfo).port;
});
afterAll(() => server.close());

async function outcome(url: string, trusted: string[] = []): Promise<string> {
  [asked, reached] = [[], 0];
  try {
    const answer = await guardedFetch(guardedDispatcher(new Set(trusted)))(url);
    return `${answer.status} ${await answer.text()}`;
  } catch (error) {
    const cause = (error as Error).cause as Error | undefined;
    return (cause ?? (error as Error)).name;
  }
}

describe("an address", () => {
  it.each(PRIVATE)("is private, or none at all: %s", (address) => {
    expect(isPrivateAddress(address)).toBe(true);
  });

  it.each(PUBLIC)("is public: %s", (address) => {
    expect(isPrivateAddress(address)).toBe(false);
  });
});

describe("a request that Valet makes", () => {
  const HOSTS = [
    "127.0.0.1",
    "2130706433",
    "0x7f000001",
    "0x7f.1",
    "0177.0.0.1",
    "127.1",
    "[::1]",
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
  ];
  it.each([...HOSTS, "0", "169.254.169.254", "internal.test", "metadata.test", "six.test", "localhost.test", "nat64.test", "several.test"])(
    "does not reach a private address, however it is written: %s",
    async (host) => {
      expect(await outcome(`http://${host}:${port}/`)).toBe("ForbiddenDestination");
      expect(reached).toBe(0);
    },
  );

  it("reaches a host that an operator named, by address and by name, asking for its address once", async () => {
    expect(await outcome(`http://127.0.0.1:${port}/`, ["127.0.0.1"])).toBe("200 here");
    expect(await outcome(`http://trusted.test:${port}/`, ["trusted.test"])).toBe("200 here");
    expect(asked).toEqual(["trusted.test"]);
  });

  it("trusts the named host alone, not another name of the same address", async () => {
    expect(await outcome(`http://localhost.test:${port}/`, ["trusted.test", "127.0.0.1"])).toBe("ForbiddenDestination");
    expect(reached).toBe(0);
  });

  it("asks for a name's address once: a second answer, which would be a private one, is never heard", async () => {
    expect(await outcome(`http://rebinds.test:${port}/`)).toBe("ForbiddenDestination");
    expect([asked, changing["rebinds.test"]?.length, reached]).toEqual([["rebinds.test"], 1, 0]);
    expect(await outcome(`http://rebinds.test:${port}/`)).toBe("ForbiddenDestination");
    expect(reached).toBe(0);
  });

  it("follows no redirect", async () => {
    expect(await outcome(`http://127.0.0.1:${port}/moved`, ["127.0.0.1"])).toBe("302 ");
    expect(reached).toBe(1);
  });
});
