/** What a kind's label is about, several of them: "repositories" of "Only these repositories", without how they are named. */
export function nounOf(label: string): string {
  return label.replace(/^Only these /, "").replace(/, by their .*$/, "");
}

export function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
