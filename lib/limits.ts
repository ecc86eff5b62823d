import type pg from "pg";
import { RateLimiterPostgres, RateLimiterRes } from "rate-limiter-flexible";
import { Refusal } from "./errors";

/** What is counted, and how much of it fits into how long. Counters live in PostgreSQL, so every process shares them. */
const LIMITS = {
  /** Wrong passwords for one e-mail address. */
  sign_in_email: { points: 5, seconds: 15 * 60 },
  /** Wrong passwords from one address of the network. */
  sign_in_address: { points: 30, seconds: 15 * 60 },
  /** Wrong or spent invitation links from one address of the network. */
  invitation_address: { points: 20, seconds: 15 * 60 },
  /** Terminals that ask for a code, from one address of the network. */
  terminal_ask: { points: 30, seconds: 15 * 60 },
  /** Terminals' codes that a person typed wrong: at most five hundred in a day, of some 25 thousand million. */
  user_code_person: { points: 5, seconds: 15 * 60 },
  /** The same from one address of the network. */
  user_code_address: { points: 20, seconds: 15 * 60 },
  /** Failed proofs of one agent. */
  agent_proof: { points: 30, seconds: 60 },
  /** E-mail addresses that one member named and that nobody in good standing has: it is no way to find out who is here. */
  person_lookup: { points: 20, seconds: 15 * 60 },
  /** Tests of one connector's set-up: each shows the SaaS a wrong secret. */
  setup_test: { points: 10, seconds: 10 * 60 },
  /** Test calls with one account: each is a request at the SaaS. */
  connection_test: { points: 10, seconds: 60 },
  /** Lists of what is in one account: each is up to three requests at the SaaS. */
  resource_list: { points: 20, seconds: 60 },
  /** Self-tests of one grant: each is some twenty calls at the SaaS. */
  self_test: { points: 12, seconds: 60 },
  /** Narrowed tokens for one grant that the SaaS did not make as asked: it is not asked again with every call. */
  narrowing: { points: 1, seconds: 60 },
} as const;
export type LimitName = keyof typeof LIMITS;

/** What there was too much of, where that is not failures. */
const COUNTED: Partial<Record<LimitName, string>> = { connection_test: "test calls", resource_list: "lists of this account" };

export interface Limits {
  /** @throws Refusal `too_many_requests` with the seconds to wait when the key has nothing left. Spends nothing. */
  check(name: LimitName, key: string): Promise<void>;
  /** Counts one failure. */
  spend(name: LimitName, key: string): Promise<void>;
  /**
   * Counts one try before it is judged, so that parallel tries cannot pass together.
   *
   * @throws Refusal `too_many_requests` when the key had nothing left.
   */
  take(name: LimitName, key: string): Promise<void>;
  /** Takes back one try that turned out well. */
  giveBack(name: LimitName, key: string): Promise<void>;
  /** Forgets the failures of a key that has proved itself. */
  forgive(name: LimitName, key: string): Promise<void>;
}

/** Limits over rate-limiter-flexible; the table comes from our migrations. */
export function createLimits(pool: pg.Pool): Limits {
  const limiters = new Map(Object.entries(LIMITS).map(([name, { points, seconds }]) => [name, limiter(pool, name, points, seconds)]));
  const of = (name: LimitName) => limiters.get(name) as RateLimiterPostgres;
  return {
    async check(name, key) {
      const spent = await of(name).get(key);
      if (spent && spent.consumedPoints >= LIMITS[name].points) throw tooMany(name, spent.msBeforeNext);
    },
    async spend(name, key) {
      await of(name)
        .consume(key)
        .catch((failed: unknown) => {
          if (!(failed instanceof RateLimiterRes)) throw failed;
        });
    },
    async take(name, key) {
      await of(name)
        .consume(key)
        .catch((failed: unknown) => {
          throw failed instanceof RateLimiterRes ? tooMany(name, failed.msBeforeNext) : failed;
        });
    },
    async giveBack(name, key) {
      await of(name).reward(key);
    },
    async forgive(name, key) {
      await of(name).delete(key);
    },
  };
}

function limiter(pool: pg.Pool, name: string, points: number, duration: number): RateLimiterPostgres {
  return new RateLimiterPostgres({
    storeClient: pool,
    storeType: "pool",
    tableName: "rate_limits",
    tableCreated: true,
    clearExpiredByTimeout: false,
    keyPrefix: name,
    points,
    duration,
  });
}

function tooMany(name: LimitName, msBeforeNext: number): Refusal {
  const retryAfterSeconds = Math.max(1, Math.ceil(msBeforeNext / 1000));
  const words = `Too many ${COUNTED[name] ?? "failed tries"}. Wait ${waitInWords(retryAfterSeconds)} and try again.`;
  return new Refusal("too_many_requests", words, { retryAfterSeconds });
}

function waitInWords(seconds: number): string {
  if (seconds < 90) return `${seconds} seconds`;
  return `${Math.ceil(seconds / 60)} minutes`;
}
