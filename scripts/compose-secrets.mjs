// The first service of compose.yaml: makes the secrets that are not there yet, each a file in a volume, and changes none that is.
import { randomBytes } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const at = process.env.SECRETS_DIR ?? "/secrets";
/** For Valet alone. */
const OWN = 0o400;
/** PostgreSQL is another user, in a container of its own that has nothing else of this volume. */
const SHARED = 0o444;

const random = () => randomBytes(32).toString("base64url");
const password = keep("database/password", SHARED, random);
keep("valet/database-url", OWN, () => `postgresql://valet:${password}@postgres:5432/valet`);
keep("valet/keys", OWN, () => `k1:${random()}`);
keep("valet/metrics-token", OWN, random);

/** Never over one that is there: what it sealed could not be opened any more. */
function keep(name, mode, make) {
  const path = join(at, name);
  if (!existsSync(path)) {
    writeFileSync(path, make(), { mode, flag: "wx" });
    console.log(`Made ${name}.`);
  }
  return readFileSync(path, "utf8");
}
