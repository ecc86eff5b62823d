import type { Core } from "../ctx";
import type { RefresherSelf } from "../inRefresher";

/** How the process beside this one is. What it did not say just now is what it said last. */
export interface RefresherHealth {
  /** It answered just now. */
  readonly answers: boolean;
  /** When it began. Null before its first answer. */
  readonly startedAt: Date | null;
  /** How often it had to be started again since Valet was started. */
  readonly startedAgain: number;
  readonly lastAnswerAt: Date | null;
}

/** Often, and lately: then something ends it each time. */
const OFTEN = 3;
const LATELY_MINUTES = 15;

/** Asks it now, and waits two seconds at most. */
export async function askHow({
  refresher,
}: Core): Promise<{ readonly health: RefresherHealth | null; readonly self: RefresherSelf | null }> {
  if (!refresher) return { health: null, self: null };
  const answers = await refresher.alive().then(
    () => true,
    () => false,
  );
  const last = refresher.lastAnswer();
  const health = {
    answers,
    startedAt: last?.self.startedAt ?? null,
    startedAgain: last?.self.startedAgain ?? 0,
    lastAnswerAt: last?.at ?? null,
  };
  return { health, self: last?.self ?? null };
}

/** What is wrong with it, and what to do first. Pure. */
export function wrongWithRefresher(health: RefresherHealth | null, now: Date): readonly { readonly what: string; readonly todo: string }[] {
  if (!health) return [];
  if (!health.answers)
    return [
      {
        what: "The refresher does not answer: no access is renewed.",
        todo: "It is started again by itself, within seconds. If it stays so, read what Valet wrote where it was started, and start Valet again. Agents keep what is fresh; for the rest they are told to wait.",
      },
    ];
  const lately = health.startedAt !== null && now.getTime() - health.startedAt.getTime() < LATELY_MINUTES * 60_000;
  if (health.startedAgain < OFTEN || !lately) return [];
  return [
    {
      what: `The refresher had to be started again ${health.startedAgain} times, the last time less than ${LATELY_MINUTES} minutes ago.`,
      todo: "Read what Valet wrote where it was started: how it ended stands there. If the system killed it (SIGKILL), look whether the machine has memory left.",
    },
  ];
}
