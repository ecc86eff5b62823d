import type { Ctx } from "../ctx";
import { type Tx, writingSide } from "../db";
import type { Refusal } from "../errors";
import type { Prisma } from "../generated/prisma/client";
import { newId } from "../ids";
import type { ChangeEvent } from "./events";
import { type ChangeRow, chainOf, principalOf } from "./row";

/**
 * The only way to write a record: the write and its row of activity commit together, or neither does.
 *
 * No call to a SaaS belongs inside: the transaction ends after five seconds. Errors of `write` pass through unchanged.
 */
export function change<T>(ctx: Ctx, event: ChangeEvent, write: (tx: Tx, row: ChangeRow) => Promise<T>): Promise<T> {
  return writingSide(ctx.db).prisma.$transaction(async (tx) => {
    const row: ChangeRow = { target: "" };
    const result = await write(tx, row);
    await tx.activity.create({ data: changeData(ctx, event, row, "allowed") });
    return result;
  }, WAITING);
}

/** Milliseconds: many changes of one record stand in line before any of them is given up. */
const WAITING = { maxWait: 5_000, timeout: 10_000 };

/** The row of a change that was refused: nothing was written but this. */
export async function recordRefusedChange(ctx: Ctx, event: ChangeEvent, row: ChangeRow, refusal: Refusal): Promise<void> {
  const told = { ...row, reason: refusal.reason, reasonText: refusal.message };
  await writingSide(ctx.db).prisma.activity.create({ data: changeData(ctx, event, told, "refused") });
}

/** Book-keeping that is not a change of anything (when a credential was last used). It may be lost; it may not fail the caller. */
export async function touch(ctx: Pick<Ctx, "db" | "log">, write: (tx: Tx) => Promise<unknown>): Promise<void> {
  try {
    await write(writingSide(ctx.db).prisma);
  } catch (error) {
    ctx.log.warn("touch.failed", { error: error instanceof Error ? error.name : "unknown" });
  }
}

/** Book-keeping that has to stand before what it is about begins: where it cannot be written, that does not begin. No change of anything. */
export async function noteFirst<T>(ctx: Pick<Ctx, "db">, write: (tx: Tx) => Promise<T>): Promise<T> {
  return write(writingSide(ctx.db).prisma);
}

function changeData(ctx: Ctx, event: ChangeEvent, row: ChangeRow, decision: "allowed" | "refused"): Prisma.ActivityCreateInput {
  const at = ctx.clock.now();
  const personId = principalOf(ctx.actor);
  return {
    id: newId("chg", at),
    at,
    kind: "change",
    event,
    acting: ctx.actor.kind,
    personId,
    ownerId: row.ownerId ?? personId,
    agentId: row.agentId ?? (ctx.actor.kind === "agent" ? ctx.actor.agentId : null),
    grantId: row.grantId ?? null,
    connectionId: row.connectionId ?? null,
    connector: row.connector ?? null,
    target: row.target,
    decision,
    reason: row.reason ?? "done",
    reasonText: row.reasonText ?? null,
    scopes: row.scopes ?? [],
    chain: chainOf(ctx.actor) as unknown as Prisma.InputJsonArray,
    requestId: ctx.requestId ?? null,
    ...(row.detail ? { detail: row.detail } : {}),
  };
}
