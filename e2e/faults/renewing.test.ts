import { afterAll, beforeAll, expect, it } from "vitest";
import { House, type Lent } from "./house";
import { call, exchange } from "./load";

/** A busy machine takes long to start a process. */
const PATIENCE_MS = 240_000;

let house: House;
let lent: Lent;
beforeAll(async () => {
  house = await House.open();
  lent = await house.lend();
  await house.startValet();
}, PATIENCE_MS);
afterAll(() => house.close());

const stored = async () => {
  const [row] = await house.ask<{ token_version: number; access_expires_at: Date; refresh_began_at: Date | null }>(
    "select token_version, access_expires_at, refresh_began_at from connections where id = $1",
    [lent.connectionId],
  );
  return row as NonNullable<typeof row>;
};

async function fetchToken(): Promise<Response> {
  const answer = await exchange(house, lent);
  if (!answer) throw new Error("Nobody answered.");
  return answer;
}

interface Told {
  readonly works: boolean;
  readonly troubles: readonly { readonly what: string }[];
  readonly refresher: {
    readonly answers: boolean;
    readonly started_at: string;
    readonly started_again: number;
    readonly last_answer_at: string;
  };
}

it(
  "a refresher that is killed is told on the health page with its last answer, and that it is back",
  async () => {
    const token = await house.adminToken();
    const health = async () => {
      const answer = await fetch(`${house.url}/api/v1/health`, { headers: { authorization: `Bearer ${token}` } });
      return (await answer.json()) as Told;
    };
    const readyz = async () => (await fetch(`${house.url}/readyz`)).status;
    const before = await health();
    expect([before.works, before.refresher.answers, await readyz()]).toEqual([true, true, 200]);
    await house.killRefresher();
    const away = await health();
    expect([away.works, away.refresher.answers, await readyz()]).toEqual([false, false, 503]);
    expect(away.troubles.map(({ what }) => what)).toContain("The refresher does not answer: no access is renewed.");
    expect(away.refresher.started_at).toBe(before.refresher.started_at);
    expect(Date.parse(away.refresher.last_answer_at)).toBeGreaterThanOrEqual(Date.parse(before.refresher.last_answer_at));
    await house.startRefresher();
    const back = await health();
    expect([back.works, back.refresher.answers, await readyz()]).toEqual([true, true, 200]);
    expect(Date.parse(back.refresher.started_at)).toBeGreaterThan(Date.parse(before.refresher.started_at));
    expect(Date.parse(back.refresher.last_answer_at)).toBeGreaterThan(Date.parse(away.refresher.last_answer_at));
  },
  PATIENCE_MS,
);

it(
  "access is renewed before it ends with no web process there, and a refresher that is stopped in the middle of that first stores what came",
  async () => {
    const { access_token: token } = (await (await fetchToken()).json()) as { access_token: string };
    expect((await call(house, token))?.status).toBe(200);
    await house.killValet();
    await house.killRefresher();
    const due = "connected_at = now() - interval '1 hour', refreshed_at = null, access_expires_at = now() + interval '2 minutes'";
    await house.ask(`update connections set ${due} where id = $1`, [lent.connectionId]);
    const before = await stored();
    house.saas.control.hold();
    await house.startRefresher();
    await house.saas.control.held(1);
    expect(await house.stopRefresher(() => house.saas.control.release())).toBe(0);
    const after = await stored();
    expect(after).toMatchObject({ token_version: before.token_version + 1, refresh_began_at: null });
    expect(after.access_expires_at.getTime()).toBeGreaterThan(before.access_expires_at.getTime());
  },
  PATIENCE_MS,
);
