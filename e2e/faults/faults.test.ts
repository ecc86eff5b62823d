import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { FAULTS, killAtRandom, killWebMidRefresh, loseRefresh, suffer } from "./faults";
import { House, type Lent } from "./house";

/** The short form of `npm run faults`: each once. */
const ROUNDS = 1;
/** Of each of the two processes, at a moment of its own. */
const KILLS = 2;
/** A busy machine takes long to start a process. */
const PATIENCE_MS = 240_000;

let house: House;
let lent: Lent;
beforeAll(async () => {
  house = await House.open();
  lent = await house.lend();
  await house.startValet();
});
afterAll(() => house.close());

describe("agents go on while", () => {
  it.each(FAULTS)(
    "$name: $expected",
    async (fault) => {
      const outcome = await suffer(house, lent, fault, ROUNDS);
      expect(outcome.arrived).toBeGreaterThan(0);
      expect(outcome).toMatchObject({ withRow: outcome.arrived, doubled: 0, strange: [], lostConnections: 0 });
      expect(outcome.seenBySaas).toBeLessThanOrEqual(outcome.inLedger);
    },
    PATIENCE_MS,
  );
});

it(
  "a refresh that is under way is stored although the web process that asked for it is killed",
  async () => {
    expect(await killWebMidRefresh(house, lent)).toEqual({ refreshes: 1, status: "active", afterwards: 200 });
  },
  PATIENCE_MS,
);

it.each(["web", "refresher"] as const)(
  "killed at any moment of a refresh, the %s loses no account but in the one window, and says so",
  async (which) => {
    const { kept, lost, strange } = await killAtRandom(house, lent, which, KILLS);
    expect(strange).toEqual([]);
    expect(kept + lost).toBe(KILLS);
    if (which === "web") expect(lost).toBe(0);
  },
  PATIENCE_MS,
);

it(
  "a refresh whose answer is lost with the refresher is tried once more, and then said to the person and the agent, without a loop",
  async () => {
    const lost = await loseRefresh(house, lent);
    expect(lost.triedAgain).toBe(1);
    expect(lost.status).toBe("needs_reconnect");
    expect(lost.note).toBe("Valet was stopped in the middle of a refresh, and Demo Tracker's answer was lost. Connect the account again.");
    expect(lost.told).toEqual(["403 interaction_required", "400 interaction_required"]);
  },
  PATIENCE_MS,
);
