import type { Caller } from "./bearer";
import { answer, answerJson, type Exchange, readJson, Stop } from "./http";
import type { Issue } from "./seed";
import { nowText, type State } from "./state";

const PER_PAGE = 5;
const PER_PAGE_MAX = 100;

/** `GET /api/issues?page=&per_page=&state=`: newest first, the way on in the Link header (RFC 8288). */
export function listIssues(state: State, exchange: Exchange): void {
  const wanted = exchange.query.get("state");
  const found = state.data.issues.filter((issue) => wanted === null || issue.state === wanted).reverse();
  const { items, headers } = pageOf(exchange, found, PER_PAGE);
  answerJson(exchange, 200, items, { "x-total-count": String(found.length), ...headers });
}

/** One page of a list by `page` and `per_page`, with the way on and back in the Link header. */
export function pageOf<T>(
  exchange: Exchange,
  all: readonly T[],
  perPageUnasked: number,
): { items: readonly T[]; headers: Record<string, string> } {
  const perPage = wholeNumber(exchange.query.get("per_page"), perPageUnasked, PER_PAGE_MAX);
  const page = wholeNumber(exchange.query.get("page"), 1, 1_000_000);
  const link = linkHeader(exchange, page, Math.max(1, Math.ceil(all.length / perPage)));
  return { items: all.slice((page - 1) * perPage, page * perPage), headers: link === "" ? {} : { link } };
}

function wholeNumber(text: string | null, otherwise: number, max: number): number {
  if (text === null) return otherwise;
  if (!/^[1-9]\d{0,6}$/.test(text)) throw new Stop(422, { error: "validation_failed", field: "page" });
  return Math.min(Number(text), max);
}

function linkHeader(exchange: Exchange, page: number, pages: number): string {
  const to = (target: number, relation: string) => {
    const query = new URLSearchParams(exchange.query);
    query.set("page", String(target));
    return `<${exchange.base}${exchange.path}?${query}>; rel="${relation}"`;
  };
  const back = page > 1 ? [to(1, "first"), to(page - 1, "prev")] : [];
  const on = page < pages ? [to(page + 1, "next"), to(pages, "last")] : [];
  return [...back, ...on].join(", ");
}

/** `GET /api/issues/:id`. */
export function showIssue(state: State, exchange: Exchange, _caller: Caller, id: string): void {
  answerJson(exchange, 200, findIssue(state, id));
}

/** `POST /api/issues` with `{title, body?, labels?}`. */
export async function postIssue(state: State, exchange: Exchange, caller: Caller): Promise<void> {
  const issue = createIssue(state, caller, await readJson(exchange));
  answerJson(exchange, 201, issue, { location: `${exchange.base}/api/issues/${issue.id}` });
}

/** Also what the GraphQL mutation does. Throws `Stop` 422 without a title. */
export function createIssue(state: State, caller: Caller, fields: Record<string, unknown>): Issue {
  const { title, body, labels } = judgeFields(fields);
  if (title === undefined) throw invalid("title");
  const at = nowText(state);
  const issue: Issue = {
    id: Math.max(0, ...state.data.issues.map((one) => one.id)) + 1,
    title,
    body: body ?? "",
    state: "open",
    labels: labels ?? [],
    author: caller.person.login,
    assignee: null,
    comments: [],
    createdAt: at,
    updatedAt: at,
  };
  state.data.issues.push(issue);
  tell(state, "issue.created", issue);
  return issue;
}

/** `PATCH /api/issues/:id` with any of `title`, `body`, `labels`, `state`. */
export async function patchIssue(state: State, exchange: Exchange, _caller: Caller, id: string): Promise<void> {
  const issue = findIssue(state, id);
  Object.assign(issue, judgeFields(await readJson(exchange)), { updatedAt: nowText(state) });
  tell(state, "issue.changed", issue);
  answerJson(exchange, 200, issue);
}

/** `DELETE /api/issues/:id`. */
export function deleteIssue(state: State, exchange: Exchange, _caller: Caller, id: string): void {
  removeIssue(state, findIssue(state, id));
  answer(exchange, 204, {}, "");
}

/** Also what JSON-RPC does. */
export function removeIssue(state: State, issue: Issue): void {
  state.data.issues.splice(state.data.issues.indexOf(issue), 1);
  tell(state, "issue.deleted", issue);
}

/** `POST /api/issues/:id/comments` with `{body}`. */
export async function postComment(state: State, exchange: Exchange, caller: Caller, id: string): Promise<void> {
  const issue = findIssue(state, id);
  answerJson(exchange, 201, addComment(state, caller, issue, await readJson(exchange)));
}

/** Also what JSON-RPC does. Throws `Stop` 422 without a text. */
export function addComment(state: State, caller: Caller, issue: Issue, fields: Record<string, unknown>): Issue["comments"][number] {
  const { body } = judgeFields(fields);
  if (body === undefined) throw invalid("body");
  const comment = { id: issue.comments.length + 1, author: caller.person.login, body, createdAt: nowText(state) };
  issue.comments.push(comment);
  tell(state, "issue.commented", issue);
  return comment;
}

/** Throws `Stop` 404 when there is none. */
export function findIssue(state: State, id: string): Issue {
  const issue = state.data.issues.find((one) => String(one.id) === id);
  if (issue === undefined) throw new Stop(404, { error: "not_found" });
  return issue;
}

type Fields = Partial<Pick<Issue, "title" | "body" | "labels" | "state">>;

function judgeFields(fields: Record<string, unknown>): Fields {
  const { title, body, labels, state } = fields;
  const known: Fields = {};
  if (title !== undefined) known.title = text(title, "title");
  if (body !== undefined) known.body = text(body, "body");
  if (labels !== undefined) known.labels = texts(labels, "labels");
  if (state === "open" || state === "closed") known.state = state;
  else if (state !== undefined) throw invalid("state");
  return known;
}

function text(value: unknown, field: string): string {
  if (typeof value !== "string" || value.trim() === "") throw invalid(field);
  return value;
}

function texts(value: unknown, field: string): string[] {
  if (!Array.isArray(value)) throw invalid(field);
  return value.map((one) => text(one, field));
}

function invalid(field: string): Stop {
  return new Stop(422, { error: "validation_failed", field });
}

function tell(state: State, event: string, issue: Issue): void {
  for (const listener of state.listeners) listener(event, { id: issue.id, title: issue.title });
}
