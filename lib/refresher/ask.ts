import { connect, type Socket } from "node:net";
import { setTimeout as wait } from "node:timers/promises";
import type { Clock, Core, Ctx } from "../ctx";
import { Refusal } from "../errors";
import type { Refresher, RefresherSelf } from "../inRefresher";
import type { RefresherSettings } from "../settings";
import { asError, type Told } from "./failures";
import { readFrames, sendFrame } from "./frames";

const LOOK_EVERY_MS = 50;
/** So long a caller waits for a refresher that is being started again. */
const PATIENCE_MS = 3_000;
/** Longer than any verb: a minute for another's turn, and then the SaaS. */
const ANSWER_MS = 90_000;
const ALIVE_MS = 2_000;

/** Verbs that read again what they need: asked twice, they do no more than asked once. */
const REPEATABLE = new Set(["connection.renew", "connection.narrow", "lent_tokens.end", "refresher.alive", "refresher.numbers"]);

/** What travels back. */
type Answer = { readonly id: number } & ({ readonly result: unknown } | { readonly failure: Told });

interface Waiting {
  resolve(result: unknown): void;
  reject(error: Error): void;
}

interface Link {
  readonly socket: Socket;
  readonly waiting: Map<number, Waiting>;
}

/** The refresher's process, over the socket that the starter made for the two. It may end at any time, and is found again when it is back. */
export function askRefresher(
  { socket: path, token }: Pick<RefresherSettings, "socket" | "token">,
  clock: Clock,
  patience = PATIENCE_MS,
): Refresher {
  let link: Promise<Link> | null = null;
  let asked = 0;
  let closed = false;
  let answeredAt: Date | null = null;
  let self: RefresherSelf | null = null;

  const heard = () => {
    answeredAt = clock.now();
  };

  /** One link for all who ask; the next one opens another once it is gone. */
  function linked(patienceMs: number): Promise<Link> {
    if (link) return link;
    const mine = open(path, patienceMs, () => closed).then((socket) => begin(socket, token, heard));
    link = mine;
    const forget = () => {
      if (link === mine) link = null;
    };
    mine.then(({ socket }) => socket.once("close", forget), forget);
    return mine;
  }

  async function send(ctx: Core, verb: string, input: unknown, { patienceMs, answerMs }: { patienceMs: number; answerMs: number }) {
    const { socket, waiting } = await linked(patienceMs);
    if (socket.destroyed) throw new LostAnswer("The refresher ended.");
    const id = ++asked;
    const { actor = null, requestId } = ctx as Partial<Ctx>;
    return new Promise<unknown>((resolve, reject) => {
      const late = setTimeout(() => waiting.get(id)?.reject(away("It does not answer.")), answerMs);
      const settle = () => {
        clearTimeout(late);
        waiting.delete(id);
      };
      waiting.set(id, {
        resolve(result) {
          settle();
          resolve(result);
        },
        reject(error) {
          settle();
          reject(error);
        },
      });
      sendFrame(socket, { id, verb, input, actor, ...(requestId ? { requestId } : {}) });
    });
  }

  async function askAlive(patienceMs: number): Promise<RefresherSelf> {
    self = (await send({} as Core, "refresher.alive", null, { patienceMs, answerMs: ALIVE_MS })) as RefresherSelf;
    return self;
  }

  return {
    async ask(ctx, verb, input) {
      const times = { patienceMs: patience, answerMs: ANSWER_MS };
      try {
        return await send(ctx, verb, input, times);
      } catch (error) {
        if (!(error instanceof LostAnswer)) throw error;
        if (REPEATABLE.has(verb)) return send(ctx, verb, input, times).catch(refuse);
        throw away("It ended in the middle.");
      }
    },
    alive: () => askAlive(0).catch(refuse),
    lastAnswer: () => (answeredAt && self ? { at: answeredAt, self } : null),
    async started(onProgress) {
      for (let tries = 0; !closed; tries += 1) {
        if (tries === 1) onProgress("Waiting for the refresher.");
        const there = await askAlive(patience).then(
          () => true,
          () => false,
        );
        if (there) return;
      }
    },
    async close() {
      closed = true;
      await link?.then(
        ({ socket }) => socket.destroy(),
        () => undefined,
      );
    },
  };
}

/** Asked, and gone before it has answered. */
class LostAnswer extends Error {}

function refuse(error: unknown): never {
  throw error instanceof LostAnswer ? away("It ended in the middle, twice.") : error;
}

function away(detail: string): Refusal {
  return new Refusal(
    "unavailable",
    "The part of Valet that renews access is being started again, so nothing was given. Try again in a second.",
    {
      reason: "refresher_away",
      detail,
      retryAfterSeconds: 1,
    },
  );
}

async function open(path: string, patienceMs: number, closed: () => boolean): Promise<Socket> {
  const until = performance.now() + patienceMs;
  for (;;) {
    const socket = await dial(path);
    if (socket) return socket;
    if (closed() || performance.now() >= until) throw away("Nobody is at its socket.");
    await wait(LOOK_EVERY_MS);
  }
}

/** Null where nobody listens. */
function dial(path: string): Promise<Socket | null> {
  return new Promise((resolve) => {
    const socket = connect(path);
    socket.once("connect", () => resolve(socket));
    socket.once("error", () => resolve(null));
  });
}

/** @param heard is told of every answer. */
function begin(socket: Socket, token: string, heard: () => void): Link {
  const waiting = new Map<number, Waiting>();
  socket.on("error", () => undefined); // "close" follows
  socket.on("close", () => {
    for (const one of [...waiting.values()]) one.reject(new LostAnswer("The refresher ended."));
  });
  readFrames(socket, (value) => {
    const answer = value as Answer;
    heard();
    const one = waiting.get(answer.id);
    if ("failure" in answer) one?.reject(asError(answer.failure));
    else one?.resolve(answer.result);
  });
  sendFrame(socket, { token });
  return { socket, waiting };
}
