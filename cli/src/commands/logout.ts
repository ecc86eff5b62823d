import type { Command } from "commander";
import type { Context } from "../context.ts";
import { changeKept, readKept } from "../kept.ts";
import { CLI_CLIENT_ID } from "../tokens.ts";

export function addLogout(program: Command, context: Context): void {
  program
    .command("logout")
    .description("End your login, and forget its tokens on this machine.")
    .option("--agents", "forget the agents that are kept here as well")
    .action(async ({ agents }: { readonly agents?: boolean }) => {
      const url = await context.url();
      const { person } = await readKept(context.env, url);
      const ended = person?.refreshToken ? await endAtValet(url, person.refreshToken) : false;
      await changeKept(context.env, url, ({ person: _gone, agents: kept, ...rest }) => ({
        ...rest,
        ...(agents || !kept ? {} : { agents: kept }),
      }));
      context.print({ url, logged_out: person !== undefined, ended }, () => "");
      context.say(person ? `Logged out of ${url}.` : `Nobody was logged in at ${url}.`);
      if (person && !ended) context.say(`The token itself still works until it ends. Revoke it at ${url}/account.`);
    });
}

/** RFC 7009. Forgetting comes first: a Valet that cannot be reached keeps nobody logged in here. */
async function endAtValet(url: string, token: string): Promise<boolean> {
  const body = new URLSearchParams({ token, token_type_hint: "refresh_token", client_id: CLI_CLIENT_ID });
  const answer = await fetch(`${url}/oauth/revoke`, { method: "POST", body, redirect: "error" }).catch(() => null);
  await answer?.body?.cancel();
  return answer?.status === 200;
}
