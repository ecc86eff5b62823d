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

/** Deeper than any call that is judged by its body has reason to be. */
export const JSON_DEPTH_MAX = 24;

/**
 * A JSON text that every parser reads alike: no object in it has a key twice, also not in another case, and nothing is nested
 * deeper than `JSON_DEPTH_MAX`. Undefined when it is not such a text.
 */
export function readStrictJson(json: string): unknown {
  try {
    const value: unknown = JSON.parse(json);
    return isAmbiguous(json) ? undefined : value;
  } catch {
    return undefined;
  }
}

/** Of a valid text alone: one that breaks off inside a string would be read again and again. */
function isAmbiguous(json: string): boolean {
  const open: Set<string>[] = [];
  let text: string | null = null;
  for (const [token] of json.matchAll(TOKENS)) {
    if (token === "{" || token === "[") open.push(new Set());
    else if (token === "}" || token === "]") open.pop();
    else if (token === ":" && text !== null && isDoubled(open.at(-1), text)) return true;
    if (open.length > JSON_DEPTH_MAX) return true;
    text = token.startsWith('"') ? token : null;
  }
  return false;
}

function isDoubled(seen: Set<string> | undefined, text: string): boolean {
  const key = (JSON.parse(text) as string).toLowerCase();
  if (seen?.has(key)) return true;
  seen?.add(key);
  return false;
}
