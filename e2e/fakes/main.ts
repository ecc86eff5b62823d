import { type Saas, startSaas } from "./saas";
import { DEMO_PEOPLE } from "./seed";

/**
 * Demo Tracker as a process. From the environment: SAAS_PORT (default 4100, downloads at the next one), SAAS_CLIENT_ID,
 * SAAS_CLIENT_SECRET, SAAS_REDIRECT_URI (several with spaces between), SAAS_PERSONAL_TOKEN_OF (a login). Loopback only.
 * Tells its parent `{ready: true, url, storageUrl, personalToken?}` over IPC, and ends with its parent, on SIGTERM and on SIGINT.
 */
async function main(): Promise<void> {
  const saas = await startSaas({
    port: Number(process.env.SAAS_PORT ?? 4100),
    clients: [
      {
        clientId: required("SAAS_CLIENT_ID"),
        clientSecret: required("SAAS_CLIENT_SECRET"),
        redirectUris: required("SAAS_REDIRECT_URI").split(" "),
      },
    ],
    people: DEMO_PEOPLE,
  });
  for (const reason of ["disconnect", "SIGTERM", "SIGINT"]) process.once(reason, () => void end(saas));
  const login = process.env.SAAS_PERSONAL_TOKEN_OF;
  const personal = login ? { personalToken: saas.control.issuePersonal(login) } : {};
  if (process.send) process.send({ ready: true, url: saas.url, storageUrl: saas.storage.url, ...personal });
  else process.stdout.write(`Demo Tracker is at ${saas.url}\n`);
}

async function end(saas: Saas): Promise<void> {
  await saas.close();
  process.exit(0);
}

function required(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`Set ${name} before starting Demo Tracker.`);
  return value;
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : "Demo Tracker could not start."}\n`);
  process.exit(1);
});
