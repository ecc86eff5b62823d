import { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { leadLinksBack } from "./bodyLinks";

const BASE = "https://graph.example.com";
const GATEWAY = "https://valet.example/proxy/graph";
const MEMBERS = ["/@odata.nextLink", "/paging/next/link", "/a~1b"];

/** Through the scan in chunks that end at `cuts`. */
async function led(json: string, cuts: readonly number[] = []): Promise<string> {
  const bytes = Buffer.from(json);
  const ends = [...new Set(cuts.map((cut) => cut % (bytes.length + 1)))].sort((left, right) => left - right);
  const chunks = [...ends, bytes.length].map((end, index) => bytes.subarray(ends[index - 1] ?? 0, end)).filter((chunk) => chunk.length > 0);
  return text(Readable.from(chunks).pipe(leadLinksBack(MEMBERS, BASE, GATEWAY)));
}

describe("a link in a JSON answer", () => {
  it("leads back through the gateway at the members that a connector names, however it is cut or spaced", async () => {
    const answer = `{ "value" : [ {"id":"1"} ] , "@odata.nextLink" :\n"${BASE}/v1.0/me/messages?$skip=10&x=\\u00e9" }`;
    const expected = answer.replace(BASE, GATEWAY);
    for (let cut = 0; cut <= answer.length; cut += 1) expect(await led(answer, [cut])).toBe(expected);
    expect(await led(`{"paging":{"next":{"after":"2","link":"${BASE}/crm?after=2"}}}`)).toContain(`"${GATEWAY}/crm?after=2"`);
    expect(await led(`{"a/b":"${BASE}/x"}`)).toBe(`{"a/b":"${GATEWAY}/x"}`);
    const escaped = `{"@odata.nextLink":"${`${BASE}/v1`.replaceAll("/", "\\/")}"}`;
    for (let cut = 0; cut <= escaped.length; cut += 1) expect(await led(escaped, [cut])).toBe(`{"@odata.nextLink":"${GATEWAY}/v1"}`);
  });

  it.each([
    ["at another member", `{"webLink":"${BASE}/v1.0"}`],
    ["deeper or higher than named", `{"value":{"@odata.nextLink":"${BASE}/v1.0"},"link":"${BASE}/x"}`],
    ["under a name that only joins to it", `{"@odata":{"nextLink":"${BASE}/v1.0"},"a":{"b":"${BASE}/x"}}`],
    ["in a list", `[{"@odata.nextLink":"${BASE}/v1.0"}]`],
    ["in a list at the member", `{"@odata.nextLink":["${BASE}/v1.0"]}`],
    ["within a text", `{"body":"{\\"@odata.nextLink\\":\\"${BASE}/v1.0\\"}"}`],
    ["of another host that begins alike", `{"@odata.nextLink":"${BASE}.evil.example/v1.0"}`],
    ["that is the base alone", `{"@odata.nextLink":"${BASE}"}`],
    ["under a name with escapes", `{"\\u0040odata.nextLink":"${BASE}/v1.0"}`],
    ["with other escapes than of slashes", `{"@odata.nextLink":"\\u0068${BASE.slice(1)}/v1.0"}`],
    ["that breaks off", `{"@odata.nextLink":"https://graph.exa`],
    ["in what is no JSON", `<html>"@odata.nextLink":"${BASE}/v1.0"</html>`],
    ["nowhere", ""],
  ])("is left as it is %s", async (_where, answer) => {
    expect(await led(answer)).toBe(answer);
    for (let cut = 0; cut < answer.length; cut += 7) expect(await led(answer, [cut])).toBe(answer);
  });

  it("is the only thing that differs, in any JSON, cut anywhere", async () => {
    const leaf = fc.oneof(fc.jsonValue(), fc.constant(`${BASE}/next`), fc.constant(BASE), fc.constant(`x${BASE}/`));
    const key = fc.oneof(fc.string(), fc.constantFrom("@odata.nextLink", "paging", "next", "link", "a/b"));
    const value = fc.letrec<{ tree: unknown }>((tie) => ({
      tree: fc.oneof({ maxDepth: 5 }, leaf, fc.array(tie("tree"), { maxLength: 3 }), fc.dictionary(key, tie("tree"), { maxKeys: 4 })),
    })).tree;
    await fc.assert(
      fc.asyncProperty(value, fc.array(fc.nat(2000), { maxLength: 8 }), async (tree, cuts) => {
        expect(await led(JSON.stringify(tree), cuts)).toBe(JSON.stringify(slowly(tree)));
      }),
      { numRuns: 500 },
    );
  });

  it("is found without holding the answer, however large or deep that is", async () => {
    const scan = leadLinksBack(MEMBERS, BASE, GATEWAY);
    scan.on("data", () => {});
    const deep = Buffer.from("[".repeat(64 * 1024));
    for (let count = 0; count < 64; count += 1) scan.write(deep);
    const before = process.memoryUsage().heapUsed;
    for (let count = 0; count < 256; count += 1) scan.write(deep);
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(8 * 1024 * 1024);
    scan.destroy();
  });
});

/** The same by parsing the whole. */
function slowly(value: unknown, at = ""): unknown {
  if (typeof value === "string") return MEMBERS.includes(at) && value.startsWith(`${BASE}/`) ? GATEWAY + value.slice(BASE.length) : value;
  if (Array.isArray(value)) return value.map((one) => slowly(one, "in a list"));
  if (typeof value !== "object" || value === null) return value;
  const inside = (name: string) => (at === "in a list" ? at : `${at}/${name.replaceAll("~", "~0").replaceAll("/", "~1")}`);
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, slowly(one, inside(name))]));
}
