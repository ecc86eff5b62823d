import { LIFETIME_SECONDS_MAX, LIFETIMES } from "./rules";

export type Lifetime = keyof typeof LIFETIMES;

export const LIFETIME_WORDS: Record<Lifetime, string> = { "1h": "1 hour", "8h": "8 hours", "7d": "7 days", "30d": "30 days" };

/** What an extension rests on: when the grant ends now, and when the shared key behind it does, where it is one. */
export interface Ends {
  readonly expiresAt: Date;
  readonly keyEndsAt: Date | null;
}

/** A new end that may be chosen, counted from now. */
export interface Extension {
  readonly lifetime: Lifetime;
  readonly words: string;
  readonly until: Date;
}

/** The new end of a grant that is to last so long from now: never past the longest lifetime, nor past the key it rests on. Pure. */
export function newEnd({ keyEndsAt }: Ends, lifetimeSeconds: number, now: Date): Date {
  const until = now.getTime() + Math.min(lifetimeSeconds, LIFETIME_SECONDS_MAX) * 1000;
  return new Date(Math.min(until, keyEndsAt?.getTime() ?? Number.POSITIVE_INFINITY));
}

/** Less than that is not worth a question. */
const GAIN_MS_MIN = 3_600_000;

/** The lifetimes that would end a grant at least an hour later than it ends now. Two that come to the same end are one. Pure. */
export function extensionsOf(ends: Ends, now: Date): Extension[] {
  const all = (Object.keys(LIFETIMES) as Lifetime[]).map((lifetime) => ({
    lifetime,
    words: LIFETIME_WORDS[lifetime],
    until: newEnd(ends, LIFETIMES[lifetime], now),
  }));
  const later = all.filter(({ until }) => until.getTime() >= ends.expiresAt.getTime() + GAIN_MS_MIN);
  return later.filter(({ until }, at) => later.findIndex((one) => one.until.getTime() === until.getTime()) === at);
}

/** What a person is shown before they extend; kept word for word. Pure. */
export function phraseExtension(about: {
  readonly agentName: string;
  readonly connectorName: string;
  readonly accountName: string;
  readonly permissions: number;
}): string {
  const { agentName, connectorName, accountName, permissions } = about;
  const what = permissions === 1 ? "the 1 permission" : `the ${permissions} permissions`;
  return `${agentName} keeps ${what} it has at ${connectorName}, ${accountName}, and nothing more. Only the end changes.`;
}
