/** Strings, and the characters that open, close and separate. */
const TOKENS = /"(?:[^"\\]|\\.)*"|[[\]{}:]/g;

/**
 * How often each key stands in the outermost object of a valid JSON text, in lower case.
 *
 * Parsers differ over a key that comes twice or in another case (RFC 8259 section 4), so what was judged need not be what
 * the SaaS reads.
 */
export function countKeys(json: string): Map<string, number> {
  const counts = new Map<string, number>();
  let depth = 0;
  let text: string | null = null;
  for (const [token] of json.matchAll(TOKENS)) {
    if (token === "{" || token === "[") depth++;
    else if (token === "}" || token === "]") depth--;
    else if (token === ":" && depth === 1 && text !== null) addOne(counts, (JSON.parse(text) as string).toLowerCase());
    text = token.startsWith('"') ? token : null;
  }
  return counts;
}

function addOne(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}
