import type { Core } from "../ctx";
import { isRefusal, Refusal } from "../errors";
import { newId } from "../ids";
import { type Attributes, traced } from "../tracing";
import type { UseEvent } from "./events";
import { admitHop, admitRow, admitRowWithin, type Outcome, type UseRow, writeOutcome, writeRefusedRow } from "./ledger";
import type { NewHop } from "./path";
import type { Overspent, Spending } from "./spend";

/** What is known of a use before anybody is proved. */
export interface UseAbout {
  readonly event: UseEvent;
  readonly target: string;
  readonly requestId?: string | undefined;
  readonly traceId?: string | undefined;
  readonly runIdClaimed?: string | undefined;
}

/** One attempt to spend authority. Each step adds what it learned to `row`; `recordUse` closes it. */
export interface Use {
  readonly row: UseRow;
  /**
   * The point after which access may leave. Commits the row if everything it rests on is in good standing right now.
   *
   * @param why asked when it is not: reads again and says what has changed.
   */
  admit(why: () => Promise<Refusal>): Promise<void>;
  /**
   * The same for a use that counts against limits of its grant, counted in the same commit.
   *
   * @param over asked when a limit has no room for it: nothing is counted then.
   */
  admitWithin(spending: Spending, over: (over: Overspent) => Refusal, why: () => Promise<Refusal>): Promise<void>;
  /**
   * The same for a use that hands a token on: the hop is written in the same commit.
   *
   * @param spent asked when that token was handed on before.
   */
  admitHop(hop: NewHop, spent: () => Refusal, why: () => Promise<Refusal>): Promise<void>;
  /** After `admit`: what came of it at the SaaS. */
  settle(outcome: Outcome): Promise<void>;
}

/**
 * Opens one record of use, lets `attempt` fill it in, and closes it: an admitted use has its row before anything left,
 * a refused one leaves a row with the reason, as far as it is known who asked. If the row cannot be written, the use fails.
 */
export async function recordUse<T>(core: Core, about: UseAbout, attempt: (use: Use) => Promise<T>): Promise<T> {
  const use = new OpenUse(core, about);
  const begun = performance.now();
  const measure = (reason: string) => {
    const decision = use.admitted ? "allowed" : "refused";
    core.metrics.use(about.event, decision, reason, (performance.now() - begun) / 1000);
    core.scope?.span?.set(toldOf(use.row, decision, reason));
  };
  try {
    const result = await attempt(use);
    if (!use.admitted) throw new Error(`${about.event} ended without being admitted.`);
    measure(use.row.reason);
    return result;
  } catch (error) {
    const refusal = isRefusal(error) ? error : BROKEN;
    measure(refusal.reason);
    await use.closeRefused(refusal);
    throw error;
  }
}

/** What a trace tells of a use: ids, and what the ledger says. Names, accounts and addresses stay in the ledger. */
function toldOf(row: UseRow, decision: "allowed" | "refused", reason: string): Attributes {
  return {
    "valet.use_id": row.id,
    "valet.run_id": row.runIdVerified ?? row.runIdClaimed,
    "valet.event": row.event,
    "valet.decision": decision,
    "valet.reason": reason,
    "valet.connector": row.connector,
    "valet.grant_id": row.grantId,
    "valet.agent_id": row.agentId,
  };
}

/** What the row says of a use that failed by a fault of ours. The log has the rest. */
const BROKEN = new Refusal("unavailable", "Something went wrong here.", { reason: "server_error" });

class OpenUse implements Use {
  readonly row: UseRow;
  admitted = false;

  constructor(
    private readonly core: Core,
    about: UseAbout,
  ) {
    const at = core.clock.now();
    this.row = emptyRow(newId("use", at), at, { ...about, traceId: about.traceId ?? core.scope?.traceId });
    if (core.scope) core.scope.useId = this.row.id;
  }

  async admit(why: () => Promise<Refusal>): Promise<void> {
    if (!(await this.gate(() => admitRow(this.core.db, this.row)))) throw await why();
    this.admitted = true;
  }

  async admitWithin(spending: Spending, over: (over: Overspent) => Refusal, why: () => Promise<Refusal>): Promise<void> {
    const answer = await this.gate(() => admitRowWithin(this.core.db, this.row, spending, this.core.clock.now()));
    if (typeof answer === "object") throw over(answer);
    if (!answer) throw await why();
    this.admitted = true;
  }

  async admitHop(hop: NewHop, spent: () => Refusal, why: () => Promise<Refusal>): Promise<void> {
    const answer = await this.gate(() => admitHop(this.core.db, this.row, hop));
    if (answer === "spent") throw spent();
    if (!answer) throw await why();
    this.admitted = true;
  }

  private gate<T>(statement: () => Promise<T>): Promise<T> {
    return traced(this.core, "gate", { "db.system.name": "postgresql" }, statement);
  }

  settle(outcome: Outcome): Promise<void> {
    return writeOutcome(this.core.db, this.row, outcome);
  }

  /** Without a principal and without an agent there is nobody to hold the row against: it is logged, so that a stranger cannot fill the ledger. */
  async closeRefused(refusal: Refusal): Promise<void> {
    if (this.admitted) return this.settle({ reason: refusal.reason, reasonText: refusal.message });
    const { kept } = refusal;
    if (kept) {
      const chain = [{ kind: "agent" as const, id: kept.agentId, name: kept.agentName }];
      Object.assign(this.row, { agentId: kept.agentId, credentialId: kept.credentialId, chain });
    }
    if (!this.row.personId && !this.row.agentId) {
      this.core.log.warn("use.refused", { use: this.row.event, reason: refusal.reason, requestId: this.row.requestId });
      return;
    }
    const row = { ...this.row, decision: "refused" as const, reason: kept?.reason ?? refusal.reason, reasonText: refusal.message };
    await writeRefusedRow(this.core.db, row);
  }
}

function emptyRow(id: string, at: Date, about: UseAbout): UseRow {
  const nobody = { personId: null, agentId: null, ownerId: null, grantId: null, connectionId: null, connector: null };
  const nothing = {
    reasonText: null,
    scopes: [],
    delivery: null,
    narrowedBy: null,
    pattern: null,
    chain: [],
    tokenUseId: null,
    detail: null,
  };
  return {
    id,
    at,
    event: about.event,
    acting: "agent",
    target: about.target,
    decision: "allowed",
    reason: "within_grant",
    ...nobody,
    ...nothing,
    runIdClaimed: about.runIdClaimed ?? null,
    runIdVerified: null,
    credentialId: null,
    delegationId: null,
    path: null,
    basis: null,
    traceId: about.traceId ?? null,
    requestId: about.requestId ?? null,
  };
}
