/** A path of our own to go to after signing in; anything that could leave this origin becomes the home page. */
export function ownPath(next: unknown): string {
  if (typeof next !== "string" || !/^\/(?![/\\])[\x21-\x7e]*$/.test(next) || next.includes("\\")) return "/";
  return /^\/(sign-in|api|join|set-up)(\/|\?|$)/.test(next) ? "/" : next;
}
