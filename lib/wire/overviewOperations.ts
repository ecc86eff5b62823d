import { z } from "zod";
import { handOverAgents, handOverInput } from "../agents/handOver";
import { resumeEverything, stopEverything, stopEverythingInput } from "../agents/stopEverything";
import { accessFilter, listAccess } from "../overview/access";
import { readHealth } from "../overview/health";
import { leavingInput, previewLeaving } from "../overview/leaving";
import { overviewInput, readOverview } from "../overview/overview";
import { stopTarget, whatStops } from "../overview/whatStops";
import { listPeople, peopleFilter } from "../people/list";
import { type Operation, operation } from "./rest";

/** The part of the REST API for those who see all: whether something is wrong, and who reaches what. */
export const overviewOperations: readonly Operation[] = [
  operation({
    method: "GET",
    path: "/api/v1/overview",
    id: "getOverview",
    summary: "Whether something is wrong, in numbers and by name (admins and auditors)",
    input: overviewInput,
    run: readOverview,
    status: 200,
    answers:
      "`counts`, `risks` (worst first; the first five of each kind, or with `risk` all of one), `set_up` (what of it is done), and `chart`: uses of the last fourteen days.",
  }),
  operation({
    method: "GET",
    path: "/api/v1/health",
    id: "readHealth",
    summary: "Whether Valet itself works, and what to do first where it does not (admins and auditors)",
    input: z.strictObject({}),
    run: readHealth,
    status: 200,
    answers:
      "`works`, and `troubles` (worst first: `what`, and `todo`); `database`, `migrations`, `refreshes_under_way`, `overdue` (accounts in use whose access was not renewed), `resting` (SaaS that are not asked just now), `uses` of the last fifteen minutes, `signing`, `sweeps` (and `sweeps_under_way`), `refresher` (whether the process that renews access `answers`, when it began, how often it was started again; null where one process does all), `version`.",
  }),
  operation({
    method: "GET",
    path: "/api/v1/access",
    id: "listAccess",
    summary: "Who reaches what right now: by agent, person, account or connector (admins and auditors)",
    input: accessFilter,
    run: listAccess,
    status: 200,
    answers:
      "`rows`: grants that would be admitted now (500 at most, `total` says how many there are; `next_cursor`: send it as `cursor` for the page after, null on the last); `own`: what agents may do on their own authority.",
  }),
  operation({
    method: "GET",
    path: "/api/v1/people",
    id: "listPeople",
    summary: "One page of everybody, by name, text, role, status and what they have (admins and auditors)",
    input: peopleFilter,
    run: async (ctx, input) => {
      const { people, nextCursor, counts } = await listPeople(ctx, input);
      return { data: people, nextCursor, counts };
    },
    status: 200,
    answers:
      "`data`: people, each with the agents that are `owned`, and how many connections and live grants; `next_cursor`: null on the last page; `counts` by status.",
  }),
  operation({
    method: "GET",
    path: "/api/v1/people/{person_id}/leaving",
    id: "previewLeaving",
    summary: "What somebody has, by name, and so what stops when they are removed (admins and auditors)",
    input: leavingInput,
    run: previewLeaving,
    status: 200,
    answers:
      "`person`, with the agents that are `owned` and with whom each `goes_on_with`; `accounts`, `grants` (200 at most) and `api_tokens`.",
  }),
  operation({
    method: "POST",
    path: "/api/v1/people/{person_id}/hand-over",
    id: "handOverAgents",
    summary: "Give every agent of somebody to somebody else, by e-mail, before they leave (admins)",
    input: handOverInput,
    run: handOverAgents,
    status: 200,
    answers: "`agents`: those that were handed over.",
  }),
  operation({
    method: "GET",
    path: "/api/v1/stop",
    id: "whatStops",
    summary: "What a stop of a grant, an agent, a person or (none named) everything would stop (admins and auditors)",
    input: stopTarget,
    run: whatStops,
    status: 200,
    answers: "Counts: agents, grants, people, tokens of a SaaS's own and when the last of them ends, uses in the last hour.",
  }),
  operation({
    method: "POST",
    path: "/api/v1/stop",
    id: "stopEverything",
    summary: "Stop every agent at once (admins)",
    input: stopEverythingInput,
    run: stopEverything,
    status: 200,
    answers: "`agents`: how many it stopped; `lent_tokens`: what became of the tokens that each SaaS had made for them.",
  }),
  operation({
    method: "POST",
    path: "/api/v1/stop/resume",
    id: "resumeEverything",
    summary: "Let the agents go on that were stopped together (admins)",
    input: z.strictObject({}),
    run: resumeEverything,
    status: 200,
    answers: "`agents`: how many go on.",
  }),
];
