/** A piece of a line: as it is, as code, or strong. */
export interface Piece {
  readonly as: "text" | "code" | "strong";
  readonly text: string;
}

export type Block =
  | { readonly kind: "heading"; readonly level: number; readonly id: string; readonly text: string }
  | { readonly kind: "paragraph"; readonly pieces: readonly Piece[] }
  | { readonly kind: "list"; readonly items: readonly (readonly Piece[])[] }
  | { readonly kind: "code"; readonly language: string; readonly text: string }
  | { readonly kind: "table"; readonly head: readonly (readonly Piece[])[]; readonly rows: readonly (readonly (readonly Piece[])[])[] };

/**
 * The Markdown that our own documents are written in: headings, paragraphs, lists of one level, code, tables, and within a line code and strong words.
 * Anything else stands as it is; nothing becomes markup that is not named here.
 */
export function readMarkdown(text: string): Block[] {
  const lines = text.split("\n");
  const blocks: Block[] = [];
  while (lines.length > 0) {
    const line = lines[0] ?? "";
    if (line.trim() === "") lines.shift();
    else if (line.startsWith("```")) blocks.push(readCode(lines));
    else if (/^#{1,6} /.test(line)) blocks.push(readHeading(lines.shift() ?? ""));
    else if (line.startsWith("| ")) blocks.push(readTable(take(lines, (one) => one.startsWith("|"))));
    else if (line.startsWith("- ")) blocks.push({ kind: "list", items: readItems(take(lines, (one) => /^(- | {2})/.test(one))) });
    else blocks.push({ kind: "paragraph", pieces: readPieces(take(lines, isText).join(" ")) });
  }
  return blocks;
}

/** What a link to a heading ends with, as the places where Markdown is shown have it. */
export function headingId(text: string): string {
  return text
    .toLowerCase()
    .replace(/[^a-z0-9 _-]/g, "")
    .replaceAll(" ", "-");
}

const isText = (line: string) => line.trim() !== "" && !/^(```|#{1,6} |\| |- )/.test(line);

/** The first line whatever it is, and those behind it that belong to it. */
function take(lines: string[], belongs: (line: string) => boolean): string[] {
  const taken = [lines.shift() ?? ""];
  while (lines.length > 0 && belongs(lines[0] ?? "")) taken.push(lines.shift() ?? "");
  return taken;
}

function readHeading(line: string): Block {
  const [, marks = "#", text = ""] = /^(#+) (.*)$/.exec(line) ?? [];
  return { kind: "heading", level: marks.length, id: headingId(text), text };
}

function readCode(lines: string[]): Block {
  const language = (lines.shift() ?? "").slice(3);
  const end = lines.indexOf("```");
  const text = lines.splice(0, end === -1 ? lines.length : end).join("\n");
  lines.shift();
  return { kind: "code", language, text };
}

function readTable(lines: readonly string[]): Block {
  const [head = [], ...rows] = lines.filter((line) => !/^\|[\s:|-]+\|$/.test(line) || /[^\s:|-]/.test(line)).map(readRow);
  return { kind: "table", head, rows };
}

function readRow(line: string): Piece[][] {
  return line
    .split("|")
    .slice(1, -1)
    .map((cell) => readPieces(cell.trim()));
}

function readItems(lines: readonly string[]): Piece[][] {
  const items = lines.join("\n").split(/^- /m).slice(1);
  return items.map((item) => readPieces(item.replace(/\s+/g, " ").trim()));
}

function readPieces(text: string): Piece[] {
  return [...text.matchAll(/`([^`]+)`|\*\*([^*]+)\*\*|((?:[^`*]|\*(?!\*)|`(?![^`]+`))+|\*\*)/g)].map(([, code, strong, plain]) => {
    if (code !== undefined) return { as: "code", text: code };
    return strong !== undefined ? { as: "strong", text: strong } : { as: "text", text: plain ?? "" };
  });
}
