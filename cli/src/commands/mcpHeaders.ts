import type { Command } from "commander";
import type { Context } from "../context.ts";
import { addLeaseOptions, type LeaseArguments, takeLease } from "./token.ts";

export function addMcpHeaders(program: Command, context: Context): void {
  addLeaseOptions(
    program
      .command("mcp-headers")
      .description("As an agent: the headers for an MCP server behind a connector, as JSON, for a client that asks a command for them.")
      .argument("<connector>", "whose token: github, linear ..."),
  ).action(async (connector: string, options: LeaseArguments) => {
    const { accessToken, direct, apiBase } = await takeLease(context, connector, options);
    const headers = { Authorization: `Bearer ${accessToken}` };
    context.print(headers, () => JSON.stringify(headers));
    if (!direct) context.say(`They open ${apiBase} and nothing else.`);
  });
}
