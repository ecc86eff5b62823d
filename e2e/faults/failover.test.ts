import { afterAll, beforeAll, expect, it } from "vitest";
import { suffer } from "./faults";
import { House, type Lent } from "./house";

/** A busy machine takes long to start a process, and PostgreSQL is started four times. */
const PATIENCE_MS = 240_000;

let house: House;
let lent: Lent;
beforeAll(async () => {
  house = await House.open();
  lent = await house.lend();
  await house.addReplica();
  await house.startValet();
}, PATIENCE_MS);
afterAll(() => house.close(), PATIENCE_MS);

it(
  "PostgreSQL loses its power for good, and a synchronous replica takes its address: what was given has its row there, and all goes on",
  async () => {
    const outcome = await suffer(house, lent, { name: "", expected: "", happen: () => house.failOver() }, 1);
    expect(outcome.arrived).toBeGreaterThan(0);
    expect(outcome).toMatchObject({ withRow: outcome.arrived, doubled: 0, strange: [], lostConnections: 0 });
    expect(outcome.seenBySaas).toBeLessThanOrEqual(outcome.inLedger);
    expect(await house.ask("select pg_is_in_recovery() as follows, timeline_id as line from pg_control_checkpoint()")).toEqual([
      { follows: false, line: 2 },
    ]);
  },
  PATIENCE_MS,
);
