import type { GraphqlOperations } from "./graphql";

/** A body that was read in order to be judged. What is sent is this text. */
export interface CallBody {
  readonly contentType: string | null;
  readonly text: string;
}

/** A call as the gateway would send it: `path` without the query, `graphql` what `readGraphql` answered. */
export interface Call {
  readonly method: string;
  readonly path: string;
  /** As it came, without the question mark. */
  readonly query?: string;
  /** Null: there is none. Absent: it was not read, so that nothing can rest on what it says. */
  readonly body?: CallBody | null;
  readonly graphql?: GraphqlOperations;
  /** The method of a call by JSON-RPC. */
  readonly rpc?: string;
}

/** Whether the body is JSON in UTF-8, by what its sender says. */
export function isJson({ contentType }: CallBody): boolean {
  return /^application\/json\s*(;\s*charset="?utf-8"?\s*)?$/i.test(contentType ?? "");
}

/** Whether the body is a form in UTF-8, by what its sender says. */
export function isForm({ contentType }: CallBody): boolean {
  return /^application\/x-www-form-urlencoded\s*(;\s*charset="?utf-8"?\s*)?$/i.test(contentType ?? "");
}
