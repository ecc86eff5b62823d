import type { PrismaClient } from "./generated/prisma/client";

/**
 * A client that is made when it is first asked for something: what an exchange needs, it reads by kept plans, and the client with its query
 * compiler is the heaviest part of a start. Until then each method waits for it; from then on it is the client itself.
 *
 * @param make answers the same client to whoever asks at the same time; one that failed is made again.
 */
export function lazyPrisma(make: () => Promise<PrismaClient>): { readonly prisma: PrismaClient; close(): Promise<void> } {
  let made: PrismaClient | null = null;
  let making: Promise<PrismaClient> | null = null;
  const client = () => {
    making ??= make().then(
      (one) => {
        made = one;
        return one;
      },
      (error: unknown) => {
        making = null;
        throw error;
      },
    );
    return making;
  };
  /** What is at the end of a path of names, called there: `agent.findMany`, `$transaction`. */
  const later = (path: readonly string[]): unknown =>
    new Proxy(() => undefined, {
      get: (_, name) => (typeof name === "string" && name !== "then" ? later([...path, name]) : undefined),
      apply: (_, __, args: unknown[]) => client().then((one) => callAt(one, path, args)),
    });
  const prisma = new Proxy({} as PrismaClient, {
    get(_, name) {
      if (made) return ofClient(made, name);
      return typeof name === "string" && name !== "then" ? later([name]) : undefined;
    },
  });
  return {
    prisma,
    async close() {
      await (await making?.catch(() => null))?.$disconnect();
    },
  };
}

function ofClient(client: PrismaClient, name: string | symbol): unknown {
  const value: unknown = Reflect.get(client, name, client);
  return typeof value === "function" ? value.bind(client) : value;
}

function callAt(client: PrismaClient, path: readonly string[], args: readonly unknown[]): unknown {
  const holder = path
    .slice(0, -1)
    .reduce<Record<string, unknown>>((at, name) => at[name] as Record<string, unknown>, client as unknown as Record<string, unknown>);
  return (holder[path.at(-1) as string] as (...given: readonly unknown[]) => unknown).apply(holder, args as unknown[]);
}
