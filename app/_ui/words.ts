/** "1 grant", "3 grants". */
export function plural(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}

/** "Read issues, read files and 3 more": what somebody may do, short. */
export function permissionsInWords(permissions: readonly { readonly label: string }[], shown = 2): string {
  const labels = permissions.map(({ label }, index) => (index === 0 ? label : label.charAt(0).toLowerCase() + label.slice(1)));
  return labels.length <= shown + 1 ? listInWords(labels) : `${labels.slice(0, shown).join(", ")} and ${labels.length - shown} more`;
}

/** "a", "a and b", "a, b and c". */
export function listInWords(words: readonly string[]): string {
  if (words.length < 2) return words[0] ?? "";
  return `${words.slice(0, -1).join(", ")} and ${words.at(-1)}`;
}
