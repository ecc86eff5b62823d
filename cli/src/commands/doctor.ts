import type { Command } from "commander";
import { asAgent, hasAgent } from "../agent.ts";
import type { Context } from "../context.ts";
import { EXIT, tell } from "../failure.ts";
import { asPerson, hasPerson } from "../person.ts";
import { minute, oneLine } from "../table.ts";
import type { GrantRow, List, Me } from "../wire.ts";

/** RFC 7523 assertions and our own tokens live by the clock; a minute is what an assertion has. */
const CLOCK_SECONDS_MAX = 60;
const SOON_MS = 24 * 3600 * 1000;

interface Check {
  readonly ok: boolean;
  readonly name: string;
  readonly says: string;
  /** What to do. */
  readonly fix?: string;
}

export function addDoctor(program: Command, context: Context): void {
  program
    .command("doctor")
    .description("Look whether everything is right: the address, the clock, who you are, what is lent, what ends soon.")
    .option("--agent <name>", "also as this agent, kept on this machine")
    .action(async ({ agent }: { readonly agent?: string }) => {
      const checks = await examine(context, agent);
      context.print(checks, () => checks.map((check) => draw(context, check)).join("\n"));
      if (checks.some(({ ok }) => !ok)) process.exitCode = EXIT.failure;
    });
}

function draw(context: Context, { ok, says, fix }: Check): string {
  const mark = ok ? context.paint("green", "ok ") : context.paint("red", "no ");
  return `${mark} ${oneLine(says)}${fix ? `\n    ${oneLine(fix)}` : ""}`;
}

async function examine(context: Context, agent: string | undefined): Promise<Check[]> {
  const url = await context.url();
  const [address, clock] = await examineAddress(context, url);
  if (!address.ok) return [address];
  const person = (await hasPerson(context)) ? await examinePerson(context) : [];
  const asked = agent !== undefined || hasAgent(context) ? await examineAgent(context, agent) : [];
  const nobody = { ok: false, name: "identity", says: "Neither a person nor an agent is known here.", fix: "Run: valet login" };
  return [address, ...(clock ? [clock] : []), ...(person.length + asked.length > 0 ? [...person, ...asked] : [nobody])];
}

async function examineAddress(context: Context, url: string): Promise<[Check, Check?]> {
  const before = context.now();
  const answer = await fetch(`${url}/.well-known/oauth-authorization-server`, { redirect: "error", cache: "no-store" }).catch(() => null);
  const body = (await answer?.json().catch(() => null)) as { readonly issuer?: unknown } | null;
  if (!answer || typeof body?.issuer !== "string") {
    const says = answer ? `What answers at ${url} is not a Valet.` : `Nothing answers at ${url}.`;
    return [{ ok: false, name: "address", says, fix: "Check VALET_URL or --url, and whether this machine reaches it." }];
  }
  const address =
    body.issuer === url
      ? { ok: true, name: "address", says: `A Valet is at ${url}.` }
      : { ok: false, name: "address", says: `The Valet at ${url} calls itself ${body.issuer}.`, fix: `Set VALET_URL=${body.issuer}` };
  return [address, judgeClock(answer.headers.get("date"), before, context.now())];
}

/** The answer's time is somewhere between asking and hearing, cut to a second. */
function judgeClock(date: string | null, before: number, after: number): Check {
  const there = Date.parse(date ?? "");
  if (Number.isNaN(there)) return { ok: true, name: "clock", says: "The clock could not be compared: the answer has no time." };
  const ahead = Math.max(0, before - (there + 1000), there - after) / 1000;
  const says = `The clock is ${ahead < 1 ? "right" : `${Math.round(ahead)} s ${before > there ? "ahead of" : "behind"} Valet's`}.`;
  const fix = "Set this machine's clock (NTP): proofs and tokens live by it.";
  return ahead <= CLOCK_SECONDS_MAX ? { ok: true, name: "clock", says } : { ok: false, name: "clock", says, fix };
}

async function examinePerson(context: Context): Promise<Check[]> {
  try {
    const person = await asPerson(context);
    const me = await person.get<Me>("/me");
    const { data } = await person.get<List<GrantRow>>("/grants", { live: "true" });
    const lent = data.length === 1 ? "1 grant is lent" : `${data.length} grants are lent`;
    return [
      { ok: true, name: "person", says: `You are ${me.name} (${me.email}). ${lent}.` },
      ...data
        .filter((grant) => endsSoon(context, grant.expires_at))
        .map((grant) => ({
          ok: true,
          name: "ending",
          says: `${grant.agent_name} at ${grant.connector} ends ${minute(grant.expires_at)}.`,
          fix: `To lend it again: ${person.url}/grants/${grant.id}`,
        })),
    ];
  } catch (error) {
    return [broken("person", error)];
  }
}

async function examineAgent(context: Context, name: string | undefined): Promise<Check[]> {
  try {
    const { url, valet } = await asAgent(context, name);
    const { agent, access } = await valet.access();
    const fix = `Lend it something: ${url}/grants/new?${new URLSearchParams({ agent: agent.id })}`;
    const none = { ok: false, name: "agent", says: `The agent is ${agent.name}. Nothing is lent to it.`, fix };
    if (access.length === 0) return [none];
    return [
      { ok: true, name: "agent", says: `The agent is ${agent.name}.` },
      ...access.map(({ connector, account, expiresAt, state, why }) => {
        const until = minute(expiresAt.toISOString());
        const says = `It was lent ${connector} (${account}) until ${until}.`;
        if (state !== "live") return { ok: false, name: "lent", says, fix: why ?? `It is ${state}.` };
        return { ok: true, name: "lent", says, ...(endsSoon(context, expiresAt.toISOString()) ? { fix: `It ends soon. ${fix}` } : {}) };
      }),
    ];
  } catch (error) {
    return [broken("agent", error)];
  }
}

function endsSoon({ now }: Context, instant: string): boolean {
  return Date.parse(instant) - now() < SOON_MS;
}

function broken(name: string, error: unknown): Check {
  const { message, next, fix } = tell(error);
  return { ok: false, name, says: message, fix: [next, fix].filter(Boolean).join(" ") || "Run: valet login" };
}
