import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { connectors, findConnector } from "@/lib/connectors/registry";
import { SNIPPETS } from "@/lib/wire/docs/snippets";
import { enforcement, ruleInWords } from "./connectors/[connector]/words";
import { anyClient, DROP_INS } from "./dropIns";

const pages = readdirSync("app/docs", { recursive: true, encoding: "utf8" }).filter((path) => path.endsWith(".tsx"));

describe("the documentation", () => {
  it("shows code only through snippets that a test runs, and shows each of them", () => {
    const texts = pages.map((path) => [path, readFileSync(`app/docs/${path}`, "utf8")] as const);
    for (const [path, text] of texts) expect(text.includes("<pre"), path).toBe(path === "Code.tsx");
    const shown = texts.flatMap(([, text]) => [...text.matchAll(/<Code id="(\w+)"/g)].map(([, id]) => id));
    expect([...new Set(shown)].sort()).toEqual(Object.keys(SNIPPETS).sort());
  });

  it("changes a line per package as docs/drop-ins.md and the package's own test do", () => {
    const written = readFileSync("docs/drop-ins.md", "utf8");
    for (const [id, lines] of Object.entries(DROP_INS)) {
      expect(findConnector(id), id).toBeDefined();
      for (const { line, of, heldBy } of lines) {
        expect(written).toContain(line);
        expect(readFileSync(heldBy, "utf8")).toContain(`"${of}"`);
      }
    }
  });

  it("shows for every connector a call that its rules open, for clients that are not named", () => {
    for (const connector of connectors) {
      const path = /proxy\/[\w-]+(\/[^"?]*)/.exec(anyClient(connector))?.[1];
      expect(
        connector.probes?.some((probe) => probe.reach === "sent" && probe.path.split("?", 1)[0] === path),
        connector.id,
      ).toBe(true);
    }
  });

  it("has words for how every connector is held and for every rule", () => {
    for (const connector of connectors) {
      expect(enforcement(connector).every((sentence) => sentence.length > 0)).toBe(true);
      for (const { opens } of connector.scopes) expect(new Set(opens.map(ruleInWords)).size).toBe(opens.length);
    }
  });
});
