import { connectDemo } from "./accounts";
import { type Bot, call, fetchAccess, lend, register } from "./agent";
import { type Entered, join } from "./people";
import type { World } from "./world";

/** Somebody who uses Valet: an account at Demo Tracker, an agent, a live grant, and calls that were made with it. */
export interface Furnished {
  readonly person: Entered;
  readonly bot: Bot;
  readonly connectionId: string;
  readonly grantId: string;
}

/** @param login whose account at Demo Tracker; it has ada, grace and linus. */
export async function furnish(world: World, name: string, login = "ada"): Promise<Furnished> {
  const person = await join(world, name);
  const [connectionId, bot] = await Promise.all([connectDemo(person, { login }), register(person, `Bot of ${name}`)]);
  const { grantId } = await lend(person, bot, connectionId, { lifetime: "8h", delivery: "gateway" });
  return { person, bot, connectionId, grantId };
}

/** The agent reads, and tries to write, through the gateway: an allowed and a refused use. */
export async function useGrant(world: World, { bot, grantId }: Furnished, more: Record<string, string> = {}): Promise<void> {
  const { access_token, api_base } = await fetchAccess(world, bot, grantId, more);
  await call(access_token, "GET", `${api_base}/api/issues`);
  await call(access_token, "POST", `${api_base}/api/issues`, { title: "Not allowed", body: "" });
}
