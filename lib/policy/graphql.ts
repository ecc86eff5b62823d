import { type DocumentNode, Kind, type OperationDefinitionNode, parse, type SelectionSetNode } from "graphql";
import { Refusal } from "../errors";
import { countKeys } from "./jsonKeys";

export const GRAPHQL_BYTES_MAX = 1_000_000;
const TOKENS_MAX = 10_000;
const DEPTH_MAX = 40;

/** What a GraphQL request would do, as far as rules ask. */
export interface GraphqlOperations {
  readonly kind: "query" | "mutation" | "subscription";
  /** Under their real names, whatever alias or fragment they came by; each once. */
  readonly rootFields: readonly string[];
}

/** What a GraphQL request may carry. A stored document (`id`, `persistedQuery`) would be one that nobody has judged. */
const MEMBERS = new Set(["query", "variables", "operationName", "extensions"]);

/**
 * Judges the body of a GraphQL request, and the query of its address, where some servers look first.
 *
 * @throws Refusal `too_large`, or `not_allowed`; the reason is always `graphql_unreadable`: whatever cannot be told for
 * sure is refused, and that includes batches and documents whose operations are of different kinds.
 */
export function readGraphql(bodyText: string, contentType: string | null, urlQuery = ""): GraphqlOperations {
  if (Buffer.byteLength(bodyText) > GRAPHQL_BYTES_MAX)
    throw new Refusal("too_large", "Send a GraphQL document of at most 1 MB.", { reason: "graphql_unreadable" });
  if (!/^application\/json\s*(;\s*charset="?utf-8"?\s*)?$/i.test(contentType ?? ""))
    throw unreadable("Send it as application/json in UTF-8.");
  if (hasGraphql(new URLSearchParams(urlQuery))) throw unreadable("Put the document into the body alone, not also into the address.");
  const request = readRequest(bodyText);
  return judge(request.query, request.operationName);
}

function hasGraphql(parameters: URLSearchParams): boolean {
  return [...parameters.keys()].some((name) => MEMBERS.has(name) || name === "id");
}

function readRequest(text: string): Record<string, unknown> {
  const request = parseJson(text);
  if (typeof request !== "object" || request === null || Array.isArray(request))
    throw unreadable("Send one document per request, as a JSON object.");
  const keys = countKeys(text);
  if ([...keys.values()].some((count) => count > 1)) throw unreadable("Send each member once.");
  if (Object.keys(request).some((name) => !MEMBERS.has(name))) throw unreadable(`Send nothing but ${[...MEMBERS].join(", ")}.`);
  if (holdsReference((request as Record<string, unknown>).extensions))
    throw unreadable("Send the document itself, not a reference to one.");
  return request as Record<string, unknown>;
}

function holdsReference(extensions: unknown): boolean {
  return typeof extensions === "object" && extensions !== null && "persistedQuery" in extensions;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw unreadable("It is not valid JSON.");
  }
}

function judge(source: unknown, operationName: unknown): GraphqlOperations {
  if (typeof source !== "string" || source === "") throw unreadable("Put the document into query.");
  const document = parseDocument(source);
  const operations = document.definitions.filter((one) => one.kind === Kind.OPERATION_DEFINITION);
  refuseUnclear(document, operations, operationName);
  const kind = operations[0]?.operation;
  if (!kind || operations.some((one) => one.operation !== kind)) throw unreadable("Send queries and mutations in documents of their own.");
  return { kind, rootFields: [...new Set(operations.flatMap((one) => readRootFields(document, one.selectionSet)))] };
}

function parseDocument(source: string): DocumentNode {
  try {
    return parse(source, { noLocation: true, maxTokens: TOKENS_MAX });
  } catch (cause) {
    // Also a stack overflow: nested too deeply to judge is too deeply to send.
    throw unreadable("It is not a valid GraphQL document, or too large to judge.", cause);
  }
}

function refuseUnclear(document: DocumentNode, operations: readonly OperationDefinitionNode[], operationName: unknown): void {
  const executable = document.definitions.every((one) => one.kind === Kind.OPERATION_DEFINITION || one.kind === Kind.FRAGMENT_DEFINITION);
  if (!executable) throw unreadable("Send operations and fragments only.");
  for (const one of document.definitions) if ("selectionSet" in one) refuseDeep(one.selectionSet, 1);
  if (operationName === undefined || operationName === null || operationName === "") {
    if (operations.length > 1) throw unreadable("Name the operation in operationName.");
    return;
  }
  if (operations.filter((one) => one.name?.value === operationName).length !== 1)
    throw unreadable("operationName names none of its operations.");
}

function refuseDeep({ selections }: SelectionSetNode, depth: number): void {
  if (depth > DEPTH_MAX) throw unreadable(`Nest at most ${DEPTH_MAX} levels.`);
  for (const one of selections) if ("selectionSet" in one && one.selectionSet) refuseDeep(one.selectionSet, depth + 1);
}

/** Follows fragments at the root, each once: a circle ends there, and a name without a fragment is refused. */
function readRootFields(document: DocumentNode, root: SelectionSetNode): string[] {
  const fields: string[] = [];
  const followed = new Set<string>();
  const waiting = [root];
  for (let set = waiting.pop(); set; set = waiting.pop()) {
    for (const one of set.selections) {
      if (one.kind === Kind.FIELD) fields.push(one.name.value);
      else if (one.kind === Kind.INLINE_FRAGMENT) waiting.push(one.selectionSet);
      else if (!followed.has(one.name.value)) {
        followed.add(one.name.value);
        waiting.push(findFragment(document, one.name.value));
      }
    }
  }
  return fields;
}

function findFragment(document: DocumentNode, name: string): SelectionSetNode {
  const found = document.definitions.filter((one) => one.kind === Kind.FRAGMENT_DEFINITION && one.name.value === name);
  const [fragment] = found;
  if (found.length !== 1 || fragment?.kind !== Kind.FRAGMENT_DEFINITION) throw unreadable("Define each fragment once.");
  return fragment.selectionSet;
}

function unreadable(next: string, cause?: unknown): Refusal {
  return new Refusal("not_allowed", `Valet could not tell what this GraphQL request does, so it was not sent. ${next}`, {
    reason: "graphql_unreadable",
    next,
    cause,
  });
}
