import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { readMarkdown } from "./markdown";

const text = (words: string) => ({ as: "text" as const, text: words });

describe("Markdown of our own documents", () => {
  it("is read into headings, paragraphs, lists, code and tables", () => {
    const blocks = readMarkdown(
      [
        "# Rotate keys, twice",
        "",
        "One line",
        "and `a * b` **never** done.",
        "",
        "- first",
        "  goes on",
        "- second",
        "```sh",
        "npm start",
        "",
        "# no heading",
        "```",
      ].join("\n"),
    );
    expect(blocks).toEqual([
      { kind: "heading", level: 1, id: "rotate-keys-twice", text: "Rotate keys, twice" },
      {
        kind: "paragraph",
        pieces: [text("One line and "), { as: "code", text: "a * b" }, text(" "), { as: "strong", text: "never" }, text(" done.")],
      },
      { kind: "list", items: [[text("first goes on")], [text("second")]] },
      { kind: "code", language: "sh", text: "npm start\n\n# no heading" },
    ]);
  });

  it("has tables with empty cells, and rows that name a code with spaces", () => {
    expect(readMarkdown("| a | b |\n| --- | :---: |\n| `x y` |  |\n")).toEqual([
      { kind: "table", head: [[text("a")], [text("b")]], rows: [[[{ as: "code", text: "x y" }], []]] },
    ]);
  });

  it("becomes no markup that is not named: what else stands there stays text, all of it", () => {
    expect(readMarkdown("<script>alert(1)</script> a*b ** c ` d")).toEqual([
      { kind: "paragraph", pieces: [text("<script>alert(1)</script> a*b "), text("**"), text(" c ` d")] },
    ]);
    expect(readMarkdown("```\nnever closed")).toEqual([{ kind: "code", language: "", text: "never closed" }]);
  });

  it("loses no word of any document", () => {
    for (const name of readdirSync("docs").filter((one) => one.endsWith(".md"))) {
      const whole = readFileSync(`docs/${name}`, "utf8");
      const shown = JSON.stringify(readMarkdown(whole), (_, value) => value);
      for (const word of whole.match(/[A-Za-z]{4,}/g) ?? []) expect(shown, name).toContain(word);
    }
  });
});
