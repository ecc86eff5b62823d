import { hkdfSync } from "node:crypto";
import { existsSync } from "node:fs";
import { afterAll, beforeAll, expect, it } from "vitest";
import { createVault } from "../../lib/vault/vault";
import { CLIENT, House, type Lent } from "./house";
import { call, exchange } from "./load";
import { foundIn, spellings } from "./memory";

/** A busy machine takes long to start a process, and to look through two. */
const PATIENCE_MS = 240_000;

let house: House;
let lent: Lent;
beforeAll(async () => {
  house = await House.open();
  lent = await house.lend();
  await house.startValet();
});
afterAll(() => house.close());

async function refreshToken(): Promise<string> {
  const [row] = await house.ask<{ sealed_refresh: string }>("select sealed_refresh from connections where id = $1", [lent.connectionId]);
  const at = { table: "connections", row: lent.connectionId, column: "sealed_refresh" };
  return createVault(house.ring).open("lasting", at, row?.sealed_refresh ?? "");
}

/** An agent's call, for which the account's access has to be renewed first. */
async function useAnew(): Promise<number | undefined> {
  await house.ask("update connections set access_expires_at = now() where id = $1", [lent.connectionId]);
  await house.ask("update lent_tokens set ending = 'left_behind' where connection_id = $1", [lent.connectionId]);
  const answer = await exchange(house, lent);
  const { access_token: token } = answer ? ((await answer.json()) as { access_token: string }) : { access_token: "" };
  return (await call(house, token))?.status;
}

it.skipIf(!existsSync("/proc/self/mem"))(
  "the web process holds no key that opens a refresh token or a client secret, nor one of those: not in its environment, not in its memory",
  async () => {
    const before = await refreshToken();
    for (let times = 0; times < 3; times += 1) expect(await useAnew()).toBe(200);
    const after = await refreshToken();
    expect(after).not.toBe(before);
    const root = Buffer.from(house.ring.split(":")[1] ?? "", "base64url");
    const lasting = Buffer.from(hkdfSync("sha256", root, "valet", "seal/lasting", 32));
    const secrets = [
      ...[...spellings("root key", root, false), ...spellings("lasting key", lasting, false)],
      ...[before, after].flatMap((token, index) => spellings(`refresh token ${index}`, Buffer.from(token), true)),
      ...spellings("client secret", Buffer.from(CLIENT.clientSecret), true),
    ];
    const { web, refresher } = house.pids;
    // In the middle of a refresh the other process has them all: the same search finds them there, so it would have here.
    const there = ["root key 0", "lasting key", "refresh token 1 0", "client secret 0"];
    house.saas.control.hold();
    const used = useAnew();
    await house.saas.control.held(1);
    expect(foundIn(refresher, new Map(secrets.filter(([name]) => there.includes(name))))).toEqual([...there].sort());
    house.saas.control.release();
    await used;
    expect(foundIn(web, new Map(secrets))).toEqual([]);
  },
  PATIENCE_MS,
);
