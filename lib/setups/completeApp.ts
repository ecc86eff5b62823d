import { z } from "zod";
import { recordRefusedChange } from "../activity/change";
import { askSaas } from "../connections/askSaas";
import type { Connector } from "../connectors/connector";
import type { PersonCtx } from "../ctx";
import { isRefusal, Refusal } from "../errors";
import { inRefresher } from "../inRefresher";
import { isRsaKey } from "../tokens/appJwt";
import { takeAppAttempt } from "./appAttempt";
import { appConnectors } from "./appManifest";
import { refuseReplacing, requireAdmin } from "./beginApp";
import { localConnector } from "./client";
import { setUpConnector } from "./setUp";

export interface CompleteAppInput {
  /** The query of the address that GitHub sent the browser back to. */
  readonly query: URLSearchParams;
  readonly browserSecret: string;
}

/** GitHub's answer to a manifest's code. A web hook's secret may come along and is not kept: Valet has no hook. */
const converted = z.object({
  id: z.number().int().positive(),
  slug: z.string().regex(/^[a-z0-9][a-z0-9-]{0,99}$/),
  client_id: z.string().min(1).max(300),
  client_secret: z.string().min(1).max(2000),
  pem: z.string().max(10_000).refine(isRsaKey),
});
type Converted = z.infer<typeof converted>;

/**
 * Ends the walk of `beginApp`: takes the attempt once, trades the code for the app with its secrets (POST
 * /app-manifests/{code}/conversions, once within the hour) and keeps them sealed. The connector that was asked for is switched
 * on; another that the same app serves is filled in, switched off, where nothing is set up yet.
 *
 * @returns the connector's id.
 */
export function completeApp(ctx: PersonCtx, { query, browserSecret }: CompleteAppInput): Promise<Made> {
  return completeAppWalk(ctx, { query: query.toString(), browserSecret });
}

interface Made {
  readonly connector: string;
  readonly slug: string;
}

const walkInput = z.strictObject({ query: z.string(), browserSecret: z.string() });
type WalkInput = z.input<typeof walkInput>;

/** GitHub answers with every secret of the app: they are sealed where they arrive. */
export const completeAppWalk = inRefresher("connector.complete_app", walkInput, async (ctx: PersonCtx, input: WalkInput): Promise<Made> => {
  const { browserSecret } = input;
  const query = new URLSearchParams(input.query);
  try {
    requireAdmin(ctx);
    const id = await takeAppAttempt(ctx, query.get("state"), browserSecret);
    const connector = localConnector(ctx, id);
    await refuseReplacing(ctx, id, connector.name);
    const app = await convert(ctx, connector, readCode(query));
    await keep(ctx, id, app);
    return { connector: id, slug: app.slug };
  } catch (error) {
    if (isRefusal(error)) await recordRefusedChange(ctx, "connector.app_callback", { target: "GitHub App" }, error);
    throw error;
  }
});

function readCode(query: URLSearchParams): string {
  const codes = query.getAll("code");
  if (codes.length === 1 && /^[\w-]{1,200}$/.test(codes[0] ?? "")) return codes[0] as string;
  throw new Refusal("invalid_request", "GitHub came back without an answer. Start again from the Connectors page.", {
    reason: "code_missing",
  });
}

async function convert(ctx: PersonCtx, connector: Connector, code: string): Promise<Converted> {
  const url = `${connector.api.baseUrl}/app-manifests/${code}/conversions`;
  const headers = { accept: "application/vnd.github+json" };
  const answer = await askSaas(ctx, connector, url, { method: "POST", headers }).catch(() => null);
  if (!answer || answer.status >= 500)
    throw failed("provider_unreachable", "GitHub could not be reached. Start again in a minute.", answer?.status);
  if (answer.status >= 400) throw failed("provider_refused", "GitHub did not take its own answer. Start again.", answer.status);
  const told = converted.safeParse(answer.ok ? await answer.json().catch(() => null) : null);
  if (told.success) return told.data;
  throw failed(
    "provider_bad_answer",
    "GitHub answered something that is not an app. Look there whether one was made, and delete it.",
    answer.status,
  );
}

function failed(reason: string, message: string, status: number | undefined): Refusal {
  return new Refusal("upstream_failed", message, { reason, detail: status ? `status ${status}` : "no answer" });
}

async function keep(ctx: PersonCtx, id: string, told: Converted): Promise<void> {
  const client = { clientId: told.client_id, clientSecret: told.client_secret };
  const app = { id: String(told.id), slug: told.slug, privateKey: told.pem };
  await setUpConnector(ctx, { connector: id, ...client, app, enabled: true });
  for (const other of appConnectors().filter((one) => one.id !== id)) {
    const present = await ctx.db.connectorSetup.findUnique({ where: { connector: other.id }, select: { connector: true } });
    if (!present) await setUpConnector(ctx, { connector: other.id, ...client, app, enabled: false });
  }
}
