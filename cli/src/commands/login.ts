import type { Command } from "commander";
import { ask } from "../../../client/src/ask.ts";
import { type Context, readStdin } from "../context.ts";
import { awaitPerson, beginDevice } from "../device.ts";
import { EXIT, Failure } from "../failure.ts";
import { changeKept, type KeptPerson } from "../kept.ts";
import { openPage } from "../openPage.ts";
import type { Me } from "../wire.ts";

interface Options {
  readonly tokenStdin?: boolean;
  readonly open: boolean;
}

export function addLogin(program: Command, context: Context): void {
  program
    .command("login")
    .description("Log in as yourself, with a code in the browser (RFC 8628), or with an API token from your Account page.")
    .option("--token-stdin", "read an API token (vlt_pat_...) from stdin")
    .option("--no-open", "do not open the browser")
    .action(async (options: Options) => {
      const url = await context.url();
      const person = options.tokenStdin ? await tokenFromStdin() : await byCode(context, url, options);
      const headers = { authorization: `Bearer ${person.accessToken}` };
      const me = (await ask({ url, fetch }, "/api/v1/me", { headers })) as unknown as Me;
      await changeKept(context.env, url, (kept) => ({ ...kept, person }));
      context.print({ url, ...me }, () => `${me.name} (${me.email}), ${me.role} at ${url}`);
    });
}

async function tokenFromStdin(): Promise<KeptPerson> {
  const accessToken = await readStdin();
  if (/^vlt_pat_[\w-]+$/.test(accessToken)) return { accessToken };
  throw new Failure(EXIT.usage, "What came on stdin is no API token: they begin with vlt_pat_.", {
    next: "Make one on your Account page, and pipe it in.",
  });
}

async function byCode(context: Context, url: string, { open }: Options): Promise<KeptPerson> {
  const asked = await beginDevice(context, url);
  context.say(`Open ${asked.page} and enter the code ${context.paint("bold", asked.userCode, process.stderr)}`);
  if (asked.pageWithCode) context.say(`or open ${asked.pageWithCode}`);
  if (open && context.isInteractive) await openPage(asked.pageWithCode ?? asked.page);
  context.say("Waiting for your yes there ...");
  return awaitPerson(context, url, asked);
}
