/** Markup that is safe to put into a page. Only `html` makes it. */
export class Markup {
  constructor(readonly text: string) {}
}

type Part = Markup | readonly Markup[] | string | number;

/** Escapes every value that is not markup itself, for text and for quoted attributes alike. */
export function html(strings: TemplateStringsArray, ...parts: Part[]): Markup {
  const filled = strings.map((string, index) => string + (index < parts.length ? toText(parts[index] as Part) : ""));
  return new Markup(filled.join(""));
}

function toText(part: Part): string {
  if (part instanceof Markup) return part.text;
  if (Array.isArray(part)) return part.map((one) => one.text).join("");
  return escapeText(String(part));
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

function escapeText(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? "");
}

/** A whole document in the colours of Demo Tracker. */
export function page(title: string, body: Markup): string {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
<style>${new Markup(STYLE)}</style>
</head>
<body>${body}</body>
</html>`.text;
}

const STYLE = `
:root { color-scheme: light dark; --ground: #f6f7f4; --sheet: #fff; --ink: #1c211d; --soft: #59635b; --line: #dde2dc;
  --leaf: #1d6b45; --on-leaf: #fff; --warn: #a3301f; --tint: #e7f1ea; }
@media (prefers-color-scheme: dark) { :root { --ground: #121613; --sheet: #1a1f1b; --ink: #e7ece8; --soft: #a0aca3;
  --line: #2f3832; --leaf: #6fcf9a; --on-leaf: #0c1a12; --warn: #ff9a86; --tint: #1d2d23; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--ink); font: 15px/1.5 system-ui, sans-serif; }
main { max-width: 68rem; margin: 0 auto; padding: 2rem 1rem 4rem; }
main.small { max-width: 26rem; padding-top: 12vh; }
h1 { font-size: 1.4rem; line-height: 1.25; margin: 0 0 .25rem; }
h2 { font-size: 1rem; margin: 2.25rem 0 .5rem; }
p { margin: .25rem 0 .75rem; }
a { color: var(--leaf); }
.soft { color: var(--soft); }
.mark { display: inline-grid; place-items: center; width: 2.25rem; height: 2.25rem; border-radius: .6rem;
  background: var(--leaf); color: var(--on-leaf); font-weight: 700; margin-bottom: .75rem; }
.sheet { background: var(--sheet); border: 1px solid var(--line); border-radius: .75rem; padding: 1.5rem; }
.scroll { background: var(--sheet); border: 1px solid var(--line); border-radius: .75rem; overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: .875rem; }
th, td { text-align: left; padding: .5rem .75rem; border-bottom: 1px solid var(--line); vertical-align: top; }
tr:last-child td { border-bottom: 0; }
th { color: var(--soft); font-weight: 500; white-space: nowrap; }
td.number { font-variant-numeric: tabular-nums; }
code, td.code { font: .8125rem/1.5 ui-monospace, monospace; overflow-wrap: anywhere; }
.chip { display: inline-block; background: var(--tint); border-radius: 1rem; padding: 0 .5rem; margin: 0 .25rem .25rem 0;
  font-size: .8125rem; white-space: nowrap; }
.refused { color: var(--warn); font-weight: 600; }
ul.scopes { list-style: none; margin: 1rem 0; padding: 0; border-block: 1px solid var(--line); }
ul.scopes li { padding: .5rem 0; }
ul.scopes code { color: var(--soft); display: block; }
button { display: block; width: 100%; min-height: 2.75rem; margin-top: .5rem; padding: .5rem 1rem; font: inherit;
  border-radius: .5rem; border: 1px solid var(--leaf); background: var(--leaf); color: var(--on-leaf); cursor: pointer; }
button.quiet { background: transparent; color: var(--ink); border-color: var(--line); }
button:focus-visible, a:focus-visible { outline: 3px solid var(--leaf); outline-offset: 2px; }
`;
