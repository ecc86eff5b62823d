import { startCore } from "../../lib/core";
import type { Core } from "../../lib/ctx";
import { offerSetUp } from "../../lib/people/invite";
import { setUpConnector } from "../../lib/setups/setUp";
import type { Saas } from "../fakes/saas";
import { newDatabase } from "./database";
import { clientOf } from "./emulators";
import { type Furnished, furnish } from "./furnished";
import { enter } from "./people";
import { type Environment, environmentFor, reserveFace } from "./valet";
import { demoEndpoints, startDemoSaas, type World } from "./world";

/** A small installation whose process the test starts itself, in its own way: a database, the demo's SaaS, and one agent with a grant. */
export interface Installation {
  readonly recorder: World["valet"]["recorder"];
  readonly port: number;
  readonly environment: Environment;
  readonly core: Core;
  readonly saas: Saas;
  readonly lent: Furnished;
  /** For helpers that take a whole world; only what they need of it is there. */
  readonly world: World;
  close(): Promise<void>;
}

export async function openInstallation(more: Environment = {}): Promise<Installation> {
  const { recorder, port } = await reserveFace();
  const saas = await startDemoSaas(recorder.url);
  const environment = environmentFor(recorder, port, await newDatabase(), {
    VALET_ENDPOINTS: JSON.stringify({ demo: demoEndpoints(saas.url) }),
    ...more,
  });
  const { core, stop } = await startCore({ ...environment, LOG_LEVEL: "error", OTEL_SDK_DISABLED: "true" });
  const token = (await offerSetUp(core))?.split("/").at(-1) ?? "";
  const admin = await enter(core, token, { name: "Grace Hopper", email: "grace@company.test" });
  const { id: clientId, secret: clientSecret } = clientOf("demo");
  await setUpConnector(admin.ctx, { connector: "demo", clientId, clientSecret, enabled: true });
  const world = { core, admin, saas, valet: { url: recorder.url } } as World;
  const lent = await furnish(world, "Ada Operated");
  const close = async () => {
    await Promise.all([stop(), saas.close(), recorder.close()]);
  };
  return { recorder, port, environment, core, saas, lent, world, close };
}
