import { createHash } from "node:crypto";
import { chmod, mkdir } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { canReach, type Owner } from "./owner";

/** Where one cluster lives. The data may lie elsewhere than asked; what is secret stays beside the asked path. */
export interface Places {
  /** The data directory itself. */
  readonly data: string;
  /** The folder the data lies in: what `initdb` makes is renamed into place from here. */
  readonly home: string;
  /** Where a copy of the binaries goes when PostgreSQL's user cannot reach the installed ones. */
  readonly spare: string;
  /** The cluster's password, mode 0600, ours. */
  readonly password: string;
  readonly log: string;
  /** Who runs this cluster now. */
  readonly keeper: string;
  readonly moved: boolean;
}

/** `.valet/` stays 0700, which PostgreSQL's own user cannot enter: as root the data then lives under `SHELTER`. */
const SHELTER = "/var/lib";

/** Decides where a cluster asked for at `dataDir` can really live. */
export async function findPlaces(dataDir: string, owner: Owner): Promise<Places> {
  const asked = resolve(dataDir);
  await mkdir(dirname(asked), { recursive: true, mode: 0o700 });
  const spare = owner.uid === undefined ? dirname(asked) : SHELTER;
  const beside = { spare, password: `${asked}.password`, log: `${asked}.log`, keeper: `${asked}.keeper` };
  if (await canReach(owner, asked)) return { data: asked, home: dirname(asked), moved: false, ...beside };
  const home = await shelter(asked);
  return { data: join(home, "data"), home, moved: true, ...beside };
}

async function shelter(asked: string): Promise<string> {
  const name = createHash("sha256").update(asked).digest("hex").slice(0, 12);
  const home = join(SHELTER, `valet-${name}`);
  await mkdir(home, { recursive: true });
  await chmod(home, 0o711);
  return home;
}
