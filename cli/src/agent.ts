import { type LeaseOptions, type LentAccess, type Proof, Valet, ValetError } from "../../client/src/index.ts";
import { readProof } from "../../client/src/settings.ts";
import type { Context } from "./context.ts";
import { EXIT, Failure } from "./failure.ts";
import { readKept } from "./kept.ts";

/** An agent, proved by the environment or by what is kept on this machine. */
export interface AgentHand {
  readonly url: string;
  readonly valet: Valet;
  readonly proof: Proof;
}

/**
 * The agent to act as. With a name: one that `agents create --keep` or `agents keep` left here. Without: the one of the environment
 * (`VALET_CLIENT_ID` and its like).
 */
export async function asAgent(context: Context, name?: string): Promise<AgentHand> {
  const url = await context.url();
  const proof = name === undefined ? proofOfEnvironment(context) : await keptProof(context, url, name);
  const runId = context.env.VALET_RUN_ID ? { runId: context.env.VALET_RUN_ID } : {};
  return { url, proof, valet: new Valet({ url, proof, now: context.now, ...runId }) };
}

/** Whether the environment says how an agent proves itself. */
export function hasAgent({ env }: Context): boolean {
  return Boolean(env.VALET_WORKLOAD_TOKEN_FILE || env.VALET_CLIENT_ID);
}

function proofOfEnvironment({ env }: Context): Proof {
  try {
    return readProof(env);
  } catch (error) {
    if (!(error instanceof ValetError)) throw error;
    throw new Failure(EXIT.usage, error.message, { next: "Or name an agent that is kept on this machine: --agent <name>." });
  }
}

async function keptProof(context: Context, url: string, name: string): Promise<Proof> {
  const agents = (await readKept(context.env, url)).agents ?? {};
  const kept = agents[name] ?? Object.values(agents).find(({ clientId }) => clientId === name);
  if (kept) return { kind: "secret", ...kept };
  if (name === context.env.VALET_CLIENT_ID) return proofOfEnvironment(context);
  throw new Failure(EXIT.usage, `No agent ${name} is kept on this machine for ${url}.`, {
    next: `Make one with valet agents create ${name} --keep, or keep one that is there: valet agents keep <its id> --name ${name}.`,
  });
}

/** Which grant to spend at a connector: the one that was named, or the only live one. */
export async function chooseGrant(context: Context, hand: AgentHand, connector: string, grant?: string): Promise<LeaseOptions> {
  const named = grant ?? context.env.VALET_GRANT;
  if (named) return { grant: named };
  // What is lent is told to a secret alone today; by the connector's name Valet finds the grant for every proof.
  if (hand.proof.kind !== "secret") return {};
  const { agent, access } = await hand.valet.access();
  const at = access.filter((one) => one.connector === connector);
  const live = at.filter(({ state }) => state === "live");
  if (live.length === 1) return { grant: (live[0] as LentAccess).grantId };
  if (live.length > 1)
    throw new Failure(
      EXIT.usage,
      `${agent.name} has ${live.length} grants at ${connector}: ${live.map(({ grantId }) => grantId).join(", ")}.`,
      {
        next: "Name one with --grant.",
      },
    );
  const why = at.map((one) => one.why).find((one) => one !== undefined);
  throw new Failure(EXIT.denied, why ?? `Nothing is lent to ${agent.name} at ${connector}.`, {
    next: "Ask its person to lend it.",
    fix: `${hand.url}/grants/new?${new URLSearchParams({ agent: agent.id })}`,
    code: "nothing_lent",
  });
}
