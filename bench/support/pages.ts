import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { encode } from "next-auth/jwt";
import { startValet } from "../../e2e/support/valet";
import { startCore } from "../../lib/core";
import { asActor, type Core, type PersonCtx } from "../../lib/ctx";
import { startEmbedded } from "../../lib/database/embedded";
import { findFreePort } from "../../lib/database/port";
import { offerSetUp } from "../../lib/people/invite";
import { acceptInvitation } from "../../lib/people/join";
import { setUpConnector } from "../../lib/setups/setUp";
import { randomText } from "../../lib/tokens/secret";
import { newRootKey } from "../../lib/vault/vault";
import { isBuilt } from "../../scripts/build.mjs";

/** The production build over a durable PostgreSQL of its own, and the cookie of an admin in it. */
export interface Pages {
  readonly url: string;
  readonly cookie: string;
  close(): Promise<void>;
}

/** @param seed fills the database before the server starts. */
export async function openPages(seed: (core: Core, admin: PersonCtx) => Promise<void>): Promise<Pages> {
  if (!isBuilt()) throw new Error("The pages are not built from these sources: npm run build");
  const folder = await mkdtemp(join(tmpdir(), "valet-bench-"));
  const postgres = await startEmbedded({ dataDir: join(folder, "postgres"), database: "bench" });
  const port = await findFreePort();
  const url = `http://127.0.0.1:${port}`;
  const env = {
    ...{ NODE_ENV: "production", HOST: "127.0.0.1", PORT: String(port), VALET_PUBLIC_URL: url, VALET_DATA_DIR: folder },
    ...{ DATABASE_URL: postgres.url, VALET_KEYS: newRootKey("b1"), LOG_LEVEL: "error" },
  };
  const cookie = await furnish(env, seed);
  const valet = await startValet({ url, exchanges: [], attach: () => undefined, close: async () => undefined }, env);
  const close = async () => {
    await valet.stop();
    await postgres.stop();
    await rm(folder, { recursive: true, force: true });
  };
  return { url, cookie, close };
}

async function furnish(env: Record<string, string>, seed: (core: Core, admin: PersonCtx) => Promise<void>): Promise<string> {
  const { core, stop } = await startCore(env);
  try {
    const token = (await offerSetUp(core))?.split("/").at(-1) ?? "";
    const [name, email] = ["Grace Hopper", "grace@bench.test"];
    const { personId, role, sessionVersion } = await acceptInvitation(core, {
      token,
      name,
      email,
      password: randomText(),
      address: "127.0.0.1",
    });
    const admin = asActor(core, { kind: "person", personId, name, email, role, via: "browser" } as const);
    await setUpConnector(admin, { connector: "demo", clientId: "valet", clientSecret: randomText() });
    await seed(core, admin);
    return `valet-session=${await encode({ token: { personId, sessionVersion }, secret: core.vault.derive("next-auth"), maxAge: 3600 })}`;
  } finally {
    await stop();
  }
}
