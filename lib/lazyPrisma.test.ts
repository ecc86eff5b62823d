import { expect, it } from "vitest";
import type { PrismaClient } from "./generated/prisma/client";
import { lazyPrisma } from "./lazyPrisma";

/** What is asked of Prisma here: a model's method, a method of its own that needs `this`, and an end. */
function pretended() {
  const told: string[] = [];
  const client = {
    name: "the client",
    agent: { findMany: async (asked: { take: number }) => `agents ${asked.take}` },
    async $transaction(this: { name: string }, work: (tx: unknown) => Promise<unknown>) {
      return `${this.name}: ${await work(client)}`;
    },
    $disconnect: async () => void told.push("disconnected"),
  };
  return { client: client as unknown as PrismaClient, told };
}

it("makes nothing until it is asked for something, and then one client for all who ask at once", async () => {
  const { client } = pretended();
  let times = 0;
  const { prisma } = lazyPrisma(async () => {
    times += 1;
    return client;
  });
  expect(times).toBe(0);
  const both = Promise.all([prisma.agent.findMany({ take: 1 }), prisma.$transaction(async (tx) => tx.agent.findMany({ take: 2 }))]);
  expect(await both).toEqual(["agents 1", "the client: agents 2"]);
  expect(times).toBe(1);
});

it("is the client itself once there is one", async () => {
  const { client } = pretended();
  const { prisma } = lazyPrisma(async () => client);
  await prisma.agent.findMany({ take: 1 });
  expect(prisma.agent).toBe(client.agent);
  expect(await prisma.$transaction(async () => "done")).toBe("the client: done");
});

it("passes on what a method throws, and makes the client again where that failed", async () => {
  const { client } = pretended();
  const outcomes = [Promise.reject(new Error("no memory")), Promise.resolve(client)];
  const { prisma } = lazyPrisma(() => outcomes.shift() as Promise<PrismaClient>);
  await expect(prisma.agent.findMany({ take: 1 })).rejects.toThrow("no memory");
  const refused = prisma.$transaction(async () => {
    throw new Error("refused");
  });
  await expect(refused).rejects.toThrow("refused");
});

it("can be waited for as a value, and ends only what was made", async () => {
  const { client, told } = pretended();
  const never = lazyPrisma(async () => client);
  expect(await never.prisma).toBe(never.prisma);
  await never.close();
  expect(told).toEqual([]);
  const used = lazyPrisma(async () => client);
  await used.prisma.agent.findMany({ take: 1 });
  await used.close();
  expect(told).toEqual(["disconnected"]);
});
