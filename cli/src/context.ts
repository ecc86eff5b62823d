import { createInterface } from "node:readline/promises";
import { styleText } from "node:util";
import { readUrl } from "../../client/src/settings.ts";
import { EXIT, Failure, tell } from "./failure.ts";
import { keptUrls } from "./kept.ts";

export type Environment = Readonly<Record<string, string | undefined>>;

/** What every command has in its hand: settings, where data and talk go, and whether anybody is there to answer. */
export class Context {
  /** Set from the options before a command runs. */
  options: { readonly json?: boolean; readonly url?: string };

  constructor(
    readonly env: Environment = process.env,
    readonly now: () => number = Date.now,
    args: readonly string[] = process.argv.slice(2),
  ) {
    // Before anything is parsed: what is wrong with the words themselves is told as JSON as well.
    const end = args.indexOf("--");
    this.options = { json: args.slice(0, end < 0 ? undefined : end).includes("--json") };
  }

  /** The origin of the Valet that is meant: said, in the environment, or the only one that was logged in to. */
  async url(): Promise<string> {
    const given = this.options.url ?? this.env.VALET_URL;
    if (given) return checked(given);
    const known = await keptUrls(this.env);
    if (known.length === 1) return known[0] as string;
    const message = known.length === 0 ? "Which Valet? None was named." : `Which Valet? You are logged in to ${known.join(" and ")}.`;
    throw new Failure(EXIT.usage, message, { next: "Set VALET_URL, or add --url https://valet.example.com." });
  }

  /** Data, to stdout: JSON where it was asked for, else words. */
  print(data: unknown, words: () => string): void {
    const text = this.options.json ? JSON.stringify(data, null, 2) : words();
    if (text !== "") process.stdout.write(`${text}\n`);
  }

  /** Talk, to stderr. */
  say(text: string): void {
    process.stderr.write(`${text}\n`);
  }

  /** Somebody sits there and can be asked. */
  get isInteractive(): boolean {
    return process.stdin.isTTY === true && process.stderr.isTTY === true;
  }

  /** In colour where stderr or stdout is a screen, and nobody asked for none (no-color.org). */
  paint(style: "bold" | "dim" | "green" | "red" | "yellow", text: string, stream: NodeJS.WriteStream = process.stdout): string {
    const plain = (this.env.NO_COLOR ?? "") !== "" || this.env.TERM === "dumb" || !stream.isTTY;
    return plain ? text : styleText(style, text, { validateStream: false });
  }

  /** A person's yes. Where nobody can be asked, the command ends with the code that says so. */
  async confirm(question: string): Promise<boolean> {
    if (!this.isInteractive)
      throw new Failure(EXIT.interaction, "Somebody has to say yes to this, and nobody is here to be asked.", {
        next: "Add --yes if you agree.",
      });
    const line = createInterface({ input: process.stdin, output: process.stderr });
    // A closed terminal, or Ctrl-C, is no yes.
    const closed = new Promise<string>((resolve) => line.once("close", () => resolve("")));
    try {
      return /^y(es)?$/i.test((await Promise.race([line.question(`${question} [y/N] `), closed])).trim());
    } finally {
      line.close();
    }
  }

  /** Tells what went wrong, and what to do, and answers the exit code. */
  fail(error: unknown): number {
    const { exitCode, ...told } = tell(error);
    if (this.options.json) this.say(JSON.stringify({ error: told }));
    else {
      this.say(`${this.paint("red", "valet:", process.stderr)} ${told.message}${told.next ? ` ${told.next}` : ""}`);
      if (told.fix) this.say(`  ${told.fix}`);
      if (told.requestId && exitCode === EXIT.failure) this.say(`  request ${told.requestId}`);
    }
    return exitCode;
  }
}

function checked(given: string): string {
  try {
    return readUrl(given);
  } catch (error) {
    throw new Failure(EXIT.usage, (error as Error).message);
  }
}

/** All of stdin, without the line's end. */
export async function readStdin(): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString("utf8").trim();
}
