import type { Command } from "commander";
import type { Context } from "../context.ts";
import { EXIT, Failure } from "../failure.ts";
import { openPage } from "../openPage.ts";
import { asPerson } from "../person.ts";
import type { ConnectorRow, List } from "../wire.ts";

export function addConnect(program: Command, context: Context): void {
  program
    .command("connect")
    .description("Connect an account of yours: prints the page where you do, and opens it.")
    .argument("<connector>", "which SaaS: github, google, slack ...")
    .option("--no-open", "only print the page")
    .action(async (connector: string, { open }: { readonly open: boolean }) => {
      const person = await asPerson(context);
      const { data } = await person.get<List<ConnectorRow>>("/connectors");
      const found = data.find(({ id }) => id === connector);
      if (!found) throw unknown(connector, data);
      if (!found.enabled)
        throw new Failure(EXIT.failure, `${found.name} is not switched on at ${person.url}.`, {
          next: "Ask an admin to set it up.",
          fix: `${person.url}/admin/connectors`,
        });
      const page = `${person.url}/connections/new?${new URLSearchParams({ connector })}`;
      context.print({ connector, url: page }, () => page);
      if (open && context.isInteractive) await openPage(page);
    });
}

function unknown(connector: string, known: readonly ConnectorRow[]): Failure {
  const on = known.filter(({ enabled }) => enabled).map(({ id }) => id);
  return new Failure(EXIT.usage, `There is no connector ${connector}.`, {
    next: on.length > 0 ? `Switched on here: ${on.join(", ")}.` : "None is switched on here yet.",
  });
}
