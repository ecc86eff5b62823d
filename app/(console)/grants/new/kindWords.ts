/** What a kind's label is about, several of them: "repositories" of "Only these repositories", without how they are named. */
export function nounOf(label: string): string {
  const [noun = ""] = label.split(", by their ");
  return noun.replace(/^Only these /, "");
}

export function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
