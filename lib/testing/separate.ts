import { consentAs } from "../../e2e/fakes/consent";
import { finishLending } from "../broker/finishLending";
import type { PersonCtx } from "../ctx";
import type { Finished } from "../grants/finishWalk";
import { lendSeparately } from "../grants/lendSeparately";
import type { MintInput } from "../grants/preview";
import { setUpConnector } from "../setups/setUp";
import { BROWSER, CLIENT, connect, type Lent, READ_CLIENT, type World, type WorldOptions, world } from "./builders";
import { agent, person } from "./people";

/** A world with Demo Board, which cannot cut a token, switched on; its SaaS refuses every `scope` on refresh. */
export async function boardWorld(options: WorldOptions & { readonly readClient?: boolean } = {}): Promise<World> {
  const { readClient = false, profile, ...rest } = options;
  const here = await world({ ...rest, profile: { scopeOnRefresh: "refuse", ...profile } });
  await setUpBoard(here, readClient ? { readClientId: READ_CLIENT.clientId, readClientSecret: READ_CLIENT.clientSecret } : {});
  return here;
}

export function setUpBoard(here: World, more: object = {}): Promise<void> {
  return setUpConnector(here.admin, { connector: "demo-board", ...CLIENT, ...more });
}

/** Agrees to a grant and walks to the SaaS and back for a consent of its own, there as `login`. */
export async function walkSeparately(owner: PersonCtx, input: MintInput, login = "ada"): Promise<Finished> {
  const { authorizeUrl } = await lendSeparately(owner, input, BROWSER);
  const callbackUrl = await consentAs(authorizeUrl, login);
  return finishLending(owner, { connector: "demo-board", callbackUrl, browserSecret: BROWSER });
}

export interface SeparatelyLent extends Lent {
  /** The consent that serves the grant alone. */
  readonly consentId: string;
  readonly wider: boolean;
}

/** A person with an account at Demo Board, an agent, and a grant between them with a consent of its own. */
export async function lendOnBoard(here: World, grant: Partial<MintInput> = {}): Promise<SeparatelyLent> {
  const owner = await person(here.core);
  const connectionId = await connect(owner, { connector: "demo-board" });
  const bot = await agent(here.core, owner);
  const input = { scopes: ["issues:read"], lifetime: "8h" as const, ...grant, agentId: bot.agentId, connectionId };
  const finished = await walkSeparately(owner, input);
  if (finished.kind !== "grant") throw new Error("The walk did not end in a grant.");
  const { grantId, wider } = finished;
  const kept = await here.core.db.grant.findUniqueOrThrow({ where: { id: grantId } });
  return { owner, connectionId, bot, grantId, consentId: kept.connectionId, wider };
}
