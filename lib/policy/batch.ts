import type { Batch, BatchFormat } from "../connectors/beyondScopes";
import type { Connector } from "../connectors/connector";
import { readAsana, readGraph } from "./batchJson";
import { readMultipart } from "./batchMultipart";
import { readComposite, readCompositeBatch, readCompositeRecords, readCompositeTree } from "./batchSalesforce";
import type { Call, CallBody } from "./call";
import { readRpc } from "./jsonRpc";
import { matchPath } from "./path";
import { coversMethod } from "./ruleIndex";

/** A batch of which it cannot be told for sure what it does: the sentence says how to mend it. */
export interface BatchUnreadable {
  readonly unreadable: string;
}

export interface ReadBatch {
  /** At least one. Paths as they stand inside, whole: still to be read by `readPath`. */
  readonly calls: readonly Call[];
}

type Reader = (batch: Batch, call: Call, body: CallBody) => ReadBatch | BatchUnreadable;

const READERS: Readonly<Record<BatchFormat, Reader>> = {
  graph: readGraph,
  asana: readAsana,
  multipart: readMultipart,
  composite: readComposite,
  composite_batch: readCompositeBatch,
  composite_tree: readCompositeTree,
  composite_records: readCompositeRecords,
  jsonrpc: readRpc,
};

/** The batch that this path and method are, if they are one. Without regard to case, as exceptions are. */
export function findBatch({ api }: Connector, { method, path }: Pick<Call, "method" | "path">): Batch | undefined {
  return api.batches?.find((one) => coversMethod(one.methods, method) && matchPath(one.path.toLowerCase(), path.toLowerCase()));
}

/** Takes a batch apart. What is not understood to the last member is unreadable: it could be what the SaaS acts on. */
export function readBatch(batch: Batch, call: Call): ReadBatch | BatchUnreadable {
  if (!call.body || call.body.text === "") return { unreadable: "Send it with its body." };
  if (call.query) return { unreadable: "Leave parameters out of its address: put them into the calls." };
  if (!matchPath(batch.path, call.path)) return { unreadable: "Spell its address as the documentation does." };
  const read = READERS[batch.format](batch, call, call.body);
  if ("unreadable" in read) return read;
  if (read.calls.length === 0) return { unreadable: "Put at least one call into it." };
  if (read.calls.length > batch.callsMax) return { unreadable: `Put at most ${batch.callsMax} calls into it.` };
  return read;
}
