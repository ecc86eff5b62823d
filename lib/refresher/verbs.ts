import { z } from "zod";
import { completeWalk } from "../connections/complete";
import { disconnectConnection, endConsent, endKeys } from "../connections/disconnect";
import { makeNarrow } from "../connections/lend";
import { endThem } from "../connections/lentTokens";
import { renewAccess } from "../connections/refresh";
import type { Core } from "../ctx";
import { inRefresher, type RefresherSelf, type RefresherVerb, refreshesIn } from "../inRefresher";
import { completeAppWalk } from "../setups/completeApp";
import { setUpConnector } from "../setups/setUp";
import { testSetUp } from "../setups/test";

/** A verb as another process asks for it: by name, with input that is yet to be read. */
interface Listed extends Pick<RefresherVerb, "verb" | "input"> {
  readonly here: (ctx: never, input: never) => Promise<unknown>;
  /** Its context is a person's. */
  readonly forPeople: boolean;
}

const alive = inRefresher(
  "refresher.alive",
  z.null(),
  async ({ settings, startedAt, flights, sweeps }: Core, _input: null): Promise<RefresherSelf> => ({
    startedAt,
    startedAgain: settings.refresher?.startedAgain ?? 0,
    refreshesUnderWay: refreshesIn(flights),
    sweeps: sweeps.results(),
    sweepUnderWay: sweeps.underWay(),
  }),
);

/** What this process has counted, for whoever shows the counts of all. */
export const refresherNumbers = inRefresher("refresher.numbers", z.null(), (core: Core, _input: null) => core.metrics.numbers());

/** All that the refresher does for a web process. Whatever opens a refresh token, a client's secret or an app's key is here. */
const VERBS: ReadonlyMap<string, Listed> = new Map(
  [
    ...[completeWalk, disconnectConnection, completeAppWalk].map((one): Listed => ({ ...pick(one), forPeople: true })),
    ...[renewAccess, makeNarrow, endThem, endConsent, endKeys, setUpConnector, testSetUp, refresherNumbers, alive].map(
      (one): Listed => ({ ...pick(one), forPeople: false }),
    ),
  ].map((one) => [one.verb, one]),
);

function pick({ verb, input, here }: Pick<Listed, "verb" | "input" | "here">) {
  return { verb, input, here };
}

export function findVerb(name: string): Listed | undefined {
  return VERBS.get(name);
}
