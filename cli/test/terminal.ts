import { spawn } from "node:child_process";
import { only } from "./valet";

/** Words that are waited for on the screen, and what is typed when they are there. */
export type Step = readonly [seen: string | RegExp, typed: string | ((screen: string) => unknown)];

export const CTRL_C = "\x03";

/** Runs a line of shell at a pseudo-terminal (script(1) of util-linux), and types each step once its words are on the screen. */
export async function atTerminal(line: string, env: Readonly<Record<string, string>>, steps: readonly Step[]) {
  const child = spawn("script", ["-qec", line, "/dev/null"], { env: only({ ...env, SHELL: "/bin/sh" }), stdio: "pipe" });
  const left = [...steps];
  let screen = "";
  let read = 0;
  child.stdout.on("data", (chunk) => {
    screen += String(chunk);
    for (let end = find(screen, read, left[0]); end !== undefined; end = find(screen, read, left[0])) {
      read = end;
      const [, typed] = left.shift() as Step;
      if (typeof typed === "string") child.stdin.write(typed);
      else void typed(screen);
    }
  });
  const code = await new Promise<number | null>((resolve) => child.once("close", resolve));
  return { code, screen, unseen: left.map(([seen]) => seen) };
}

/** Where the words end, if they have come since the last step. */
function find(screen: string, from: number, step: Step | undefined): number | undefined {
  if (!step) return undefined;
  const rest = screen.slice(from);
  const [seen] = step;
  const found = typeof seen === "string" ? { index: rest.indexOf(seen), 0: seen } : seen.exec(rest);
  return found && found.index >= 0 ? from + found.index + found[0].length : undefined;
}

/** A command of ours as a shell reads it. */
export function quoted(...words: readonly string[]): string {
  return `exec ${words.map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(" ")}`;
}
