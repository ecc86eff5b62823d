/** Whether every word of a text stands in a thing's name or id, in whatever case. No words stand everywhere. */
export function hasWords({ id, label }: { readonly id: string; readonly label: string }, text: string): boolean {
  const here = `${label}\n${id}`.toLowerCase();
  return text
    .toLowerCase()
    .split(/\s+/)
    .every((word) => here.includes(word));
}
