/** What one request may be, and how much may be under way. Units are in the names; `docs/limits.md` has them for operators. */

/** All header fields of a request together. Node answers 431. */
export const HEADER_BYTES_MAX = 16 * 1024;
export const HEADER_FIELDS_MAX = 100;
/** Path and query, as they came over the wire. */
export const TARGET_CHARACTERS_MAX = 8 * 1024;
/** An OAuth form, or the JSON of a REST operation. What the gateway passes on is streamed, and the SaaS's to limit. */
export const SMALL_BODY_BYTES_MAX = 64 * 1024;
/** What a page of ours sends. */
export const PAGE_BODY_BYTES_MAX = 1024 * 1024;
export const FORM_PARAMETERS_MAX = 100;
/** An address of the REST API. */
export const QUERY_PARAMETERS_MAX = 50;
export const JSON_DEPTH_MAX = 32;
/** Members of all objects in one JSON body. */
export const JSON_MEMBERS_MAX = 1_000;

/** From a connection's first byte to the end of the header fields. */
export const HEADERS_MS_MAX = 15_000;
/** From the header fields to the end of the body, but at the gateway: a file may take as long as it moves. */
export const BODY_MS_MAX = 30_000;
/** A connection on which nothing moves, in neither direction. Longer than the gateway waits for a SaaS. */
export const IDLE_MS_MAX = 150_000;
/** A connection that is kept for the next request. */
export const KEPT_MS = 65_000;
/** How often connections are looked at for the two above. */
export const LOOK_MS = 5_000;
export const CONNECTIONS_MAX = 10_000;

/** Requests to OAuth endpoints and REST operations that are not answered yet, in one process. More are told to come back. */
export const REQUESTS_UNDER_WAY_MAX = 2_048;
/** The same of one agent or person who has proved it: the rest is for others. A thousand may ask at once for one account's new token. */
export const REQUESTS_OF_ONE_CLIENT_MAX = 1_536;
/** Calls through the gateway that have not ended, streams included, in one process. */
export const CALLS_UNDER_WAY_MAX = 4_096;
/** Queries that wait for a connection to PostgreSQL. With more, agents wait outside and the console goes on. */
export const QUERIES_WAITING_MAX = 256;
/** When whoever was sent away may come back. */
export const RETRY_AFTER_SECONDS = 1;
