import { readdirSync, readFileSync } from "node:fs";
import { parseAst } from "vitest/node";

/** A pattern in the source, as it stands there. */
export interface Literal {
  readonly source: string;
  readonly flags: string;
  /** The file and the line. */
  readonly at: string;
}

export interface Patterns {
  readonly literals: readonly Literal[];
  /** Where a pattern is put together when it runs. */
  readonly built: readonly string[];
}

/** Every pattern of what runs: no tests and none of their tools. */
export function patternsOf(folders: readonly string[], files: readonly string[]): Patterns {
  const found = [...folders.flatMap(sourcesIn), ...files].map(patternsIn);
  return { literals: found.flatMap(({ literals }) => literals), built: found.flatMap(({ built }) => built) };
}

function sourcesIn(folder: string): string[] {
  const paths = readdirSync(folder, { recursive: true, encoding: "utf8" }).map((path) => `${folder}/${path}`);
  return paths.filter((path) => /\.tsx?$/.test(path) && !/\.test\.tsx?$/.test(path) && !/^lib\/(testing|generated)\//.test(path)).sort();
}

interface Node {
  readonly type: string;
  readonly start: number;
  readonly regex?: { readonly pattern: string; readonly flags: string };
  readonly callee?: { readonly name?: string };
}

function patternsIn(path: string): Patterns {
  const text = readFileSync(path, "utf8");
  const [literals, built]: [Literal[], string[]] = [[], []];
  const lineOf = (start: number) => text.slice(0, start).split("\n").length;
  walk(parseAst(text, { lang: path.endsWith("x") ? "tsx" : "ts" }), (node) => {
    if (node.regex) literals.push({ source: node.regex.pattern, flags: node.regex.flags, at: `${path}:${lineOf(node.start)}` });
    else if (node.callee?.name === "RegExp") built.push(path);
  });
  return { literals, built };
}

function walk(value: unknown, visit: (node: Node) => void): void {
  if (typeof value !== "object" || value === null) return;
  if (Array.isArray(value)) {
    for (const one of value) walk(one, visit);
    return;
  }
  if ("type" in value && typeof value.type === "string") visit(value as Node);
  for (const one of Object.values(value)) walk(one, visit);
}
