/** One word for each, whether it stands in a tag or in a sentence. */
const PATTERNS: Readonly<Record<string, readonly [tag: string, words: string]>> = {
  delegated: ["Delegated", "a person's authority, lent to the agent"],
  own: ["On its own", "the agent's own authority"],
  shared_key: ["Shared key", "a key that several share"],
  self: ["In person", "a person acted for themself"],
};

/** On whose authority, as a tag. */
export function patternTag(pattern: string): string {
  return PATTERNS[pattern]?.[0] ?? pattern;
}

/** The same as part of a sentence. */
export function patternWords(pattern: string): string {
  return PATTERNS[pattern]?.[1] ?? pattern;
}
