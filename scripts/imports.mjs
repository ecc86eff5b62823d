import { readFileSync } from "node:fs";
import { dirname, join, posix } from "node:path";

// Biome keeps every import in these shapes, so lines can be read without a parser (TypeScript 7 offers none).
const STATIC = /^(?:import|export)\s+(type\s)?(?:([^"';]*?)\sfrom\s+)?"([^"]+)"/gm;
const DYNAMIC = /\bimport\("([^"]+)"\)/g;

/** What one file imports: `{ to, type }`, with paths of the project without extension and packages by name. */
export function importsOf(root, file) {
  const text = readFileSync(join(root, file), "utf8");
  const found = [...text.matchAll(STATIC)].map(([, type, names, to]) => ({ to, type: Boolean(type) || onlyTypes(names) }));
  for (const [, to] of text.matchAll(DYNAMIC)) found.push({ to, type: false, late: true });
  return found.map((one) => ({ ...one, to: resolve(file, one.to) }));
}

/** `import { type A, type B }` is a type import too. */
function onlyTypes(names) {
  const inside = names?.match(/^\{([^}]*)\}$/)?.[1];
  return inside?.split(",").every((name) => !name.trim() || name.trim().startsWith("type ")) ?? false;
}

function resolve(file, to) {
  if (to.startsWith("@/")) return to.slice(2);
  return to.startsWith(".") ? posix.join(dirname(file), to) : to;
}

/** Every breach of a rule, as a sentence: `file -> import: rule`. */
export function judgeImports(root, files, { rules, free, doors }) {
  const breaches = files
    .filter((file) => !free.test(file))
    .flatMap((file) => importsOf(root, file).flatMap((one) => judgeOne(file, one, rules)));
  return breaches.filter(({ from, to }) => !doors.some(([a, b]) => a.test(from) && b.test(to))).map(({ text }) => text);
}

function judgeOne(from, { to, type }, rules) {
  return rules
    .filter((rule) => !(rule.valuesOnly && type) && breaks(rule, from, to))
    .map((rule) => ({ from, to, text: `${from} -> ${to}: ${rule.sentence}` }));
}

/** `$1` in `to` stands for what `from` caught, as a folder may always import itself. */
function breaks(rule, from, to) {
  const caught = from.match(rule.from);
  return caught !== null && new RegExp(rule.to.source.replace("$1", caught[1] ?? "")).test(to);
}

/** Circles of imports that exist at run time, each as `a -> b -> a`. */
export function findCircles(root, files) {
  const known = new Map(files.map((file) => [file.replace(/\.tsx?$/, ""), file]));
  const next = new Map();
  for (const [name, file] of known) {
    const values = importsOf(root, file).filter((one) => !one.type && !one.late && known.has(one.to));
    next.set(
      name,
      values.map((one) => one.to),
    );
  }
  const circles = [];
  const done = new Set();
  for (const name of known.keys()) walk(name, [], { next, done, circles });
  return circles;
}

function walk(name, path, graph) {
  const at = path.indexOf(name);
  if (at >= 0) graph.circles.push([...path.slice(at), name].join(" -> "));
  if (at >= 0 || graph.done.has(name)) return;
  for (const to of graph.next.get(name) ?? []) walk(to, [...path, name], graph);
  graph.done.add(name);
}
