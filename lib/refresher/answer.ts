import { chmod, rm } from "node:fs/promises";
import { createServer, type Socket } from "node:net";
import { z } from "zod";
import { asActor, type Core } from "../ctx";
import { Refusal } from "../errors";
import type { RefresherSettings } from "../settings";
import { sameText } from "../tokens/secret";
import { tellFailure } from "./failures";
import { FRAME_BYTES_MAX, readFrames, sendFrame } from "./frames";
import { findVerb } from "./verbs";

const HELLO_BYTES_MAX = 1024;

const actor = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("person"),
    personId: z.string(),
    name: z.string(),
    email: z.string(),
    role: z.enum(["member", "auditor", "admin"]),
    via: z.enum(["browser", "token"]),
  }),
  z.object({
    kind: z.literal("agent"),
    agentId: z.string(),
    name: z.string(),
    ownerId: z.string(),
    credentialId: z.string().nullable(),
    platformRunId: z.string().exactOptional(),
  }),
  z.object({ kind: z.literal("system"), name: z.string() }),
]);
const question = z.object({
  id: z.number().int(),
  verb: z.string(),
  input: z.unknown(),
  actor: actor.nullable(),
  requestId: z.string().optional(),
});

export interface Answering {
  /** Takes no more questions, and ends when all that are under way are answered. */
  close(): Promise<void>;
}

/** Answers the web process's questions at the socket: a verb's result, or its refusal. Whoever does not begin with the token is cut off. */
export async function answerWebProcess(core: Core, { socket: path, token }: RefresherSettings): Promise<Answering> {
  const [sockets, underWay] = [new Set<Socket>(), new Set<Promise<unknown>>()];
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => undefined); // "close" follows
    socket.on("close", () => sockets.delete(socket));
    let known = false;
    const take = (value: unknown) => {
      if (!known) {
        known = sameText(String((value as { token?: unknown } | null)?.token), token);
        if (!known) socket.destroy();
        return;
      }
      // Whoever asked may be gone by then: what was begun is brought to its end.
      const work = answer(core, question.parse(value)).then((told) => socket.writable && sendFrame(socket, told));
      underWay.add(work);
      void work.finally(() => underWay.delete(work));
    };
    readFrames(socket, take, () => (known ? FRAME_BYTES_MAX : HELLO_BYTES_MAX));
  });
  // What an earlier one left when it was killed.
  await rm(path, { force: true });
  await new Promise<void>((resolve, reject) => server.once("error", reject).listen(path, resolve));
  await chmod(path, 0o600);
  return {
    async close() {
      server.close();
      while (underWay.size > 0) await Promise.allSettled(underWay);
      for (const socket of sockets) socket.end();
    },
  };
}

async function answer(core: Core, { id, verb, input, actor: who, requestId }: z.output<typeof question>): Promise<object> {
  try {
    return { id, result: await act(core, verb, input, who, requestId) };
  } catch (error) {
    const failure = tellFailure(error);
    if (failure.how === "failed") core.log.error("refresher.failed", { requestId, verb, ...describe(error) });
    return { id, failure };
  }
}

function act(
  core: Core,
  name: string,
  input: unknown,
  who: z.output<typeof actor> | null,
  requestId: string | undefined,
): Promise<unknown> {
  const found = findVerb(name);
  if (!found || (found.forPeople && who?.kind !== "person"))
    throw new Refusal("invalid_request", "The refresher does no such thing.", { reason: "verb_unknown" });
  const ctx = who ? asActor(core, who, requestId) : core;
  return found.here(ctx as never, found.input.parse(input) as never);
}

function describe(error: unknown): Record<string, unknown> {
  const bug = error instanceof Error ? error : new Error("unknown");
  return { name: bug.name, stack: bug.stack?.split("\n").slice(1, 8).join("\n") };
}
