import { z } from "zod";
import { change, recordRefusedChange } from "../activity/change";
import type { Ctx } from "../ctx";
import { isRefusal, notFound } from "../errors";
import type { ConnectorSetup } from "../generated/prisma/client";
import { inRefresher } from "../inRefresher";
import { localConnector, openClient, redirectUri } from "./client";
import { requireAdmin } from "./setUp";
import { checkClient, checkHosts, checkMetadata, type SetUpCheck } from "./testParts";

export const testSetUpInput = z.strictObject({ connector: z.string().min(1).max(40) });

export interface SetUpTest {
  /** `failed`: something is wrong. `unsure`: nothing is, but not all could be shown. */
  readonly outcome: "ok" | "failed" | "unsure";
  readonly checks: readonly SetUpCheck[];
  /** What has to be registered at the SaaS, which no test without a person can show. */
  readonly redirectUri: string;
  readonly testedAt: Date;
}

/**
 * Tests a set-up as far as that can be done without a person: hosts, metadata, and whether the SaaS recognises our clients.
 * Admins only. Nothing is connected and no token is made; the result is kept until the set-up changes.
 *
 * Refuses `not_found` when nothing is set up, `too_many_requests` after ten tests of one connector in ten minutes.
 */
export const testSetUp = inRefresher(
  "connector.test",
  testSetUpInput,
  async (ctx: Ctx, input: z.input<typeof testSetUpInput>): Promise<SetUpTest> => {
    const { connector: id } = testSetUpInput.parse(input);
    try {
      requireAdmin(ctx);
      const setup = await ctx.db.connectorSetup.findUnique({ where: { connector: localConnector(ctx, id).id } });
      if (!setup) throw notFound("set-up");
      await ctx.limits.take("setup_test", id);
      return await record(ctx, setup, await runChecks(ctx, setup));
    } catch (error) {
      if (isRefusal(error)) await recordRefusedChange(ctx, "connector.test", { target: id }, error);
      throw error;
    }
  },
);

async function runChecks(ctx: Ctx, setup: ConnectorSetup): Promise<SetUpCheck[]> {
  const main = openClient(ctx, setup, "main");
  const parts = await Promise.all([
    checkHosts(ctx, main.connector),
    checkMetadata(ctx, main.connector),
    checkClient(ctx, main, "Client").then((check) => [check]),
  ]);
  const reading = setup.readClientId ? [await checkClient(ctx, openClient(ctx, setup, "read_only"), "Read-only client")] : [];
  return [...parts.flat(), ...reading];
}

async function record(ctx: Ctx, setup: ConnectorSetup, checks: SetUpCheck[]): Promise<SetUpTest> {
  const outcome = outcomeOf(checks);
  const testedAt = ctx.clock.now();
  const result = { outcome, checks: checks.map((check) => ({ ...check })), redirectUri: redirectUri(ctx, setup.connector) };
  await change(ctx, "connector.test", async (tx, row) => {
    row.target = localConnector(ctx, setup.connector).name;
    row.connector = setup.connector;
    row.reason = `set_up_${outcome}`;
    row.reasonText = checks.find((check) => check.outcome === "failed")?.sentence;
    // Only of the set-up that was tested: somebody may have changed it meanwhile.
    const where = { connector: setup.connector, updatedAt: setup.updatedAt };
    await tx.connectorSetup.updateMany({ where, data: { testedAt, testResult: result } });
  });
  return { ...result, testedAt };
}

function outcomeOf(checks: readonly SetUpCheck[]): SetUpTest["outcome"] {
  if (checks.some(({ outcome }) => outcome === "failed")) return "failed";
  return checks.some(({ outcome }) => outcome === "unsure") ? "unsure" : "ok";
}

const kept = z.object({
  outcome: z.enum(["ok", "failed", "unsure"]),
  checks: z.array(z.object({ outcome: z.enum(["ok", "failed", "unsure"]), sentence: z.string() })),
  redirectUri: z.string(),
});

/** The last test of a set-up as it stands; null when it was not tested since it was last changed. */
export function lastTest(setup: Pick<ConnectorSetup, "testedAt" | "testResult"> | undefined): SetUpTest | null {
  const read = setup?.testedAt ? kept.safeParse(setup.testResult) : null;
  return read?.success && setup?.testedAt ? { ...read.data, testedAt: setup.testedAt } : null;
}
