import { z } from "zod";
import { handOverAgents, handOverInput } from "../agents/handOver";
import { accessFilter, listAccess } from "../overview/access";
import { readOverview } from "../overview/overview";
import { type Operation, operation } from "./rest";

/** The part of the REST API for those who see all: whether something is wrong, and who reaches what. */
export const overviewOperations: readonly Operation[] = [
  operation({
    method: "GET",
    path: "/api/v1/overview",
    id: "getOverview",
    summary: "Whether something is wrong, in numbers and by name (admins and auditors)",
    input: z.strictObject({}),
    run: readOverview,
    status: 200,
    answers: "`counts`, `risks` (worst first), `set_up` (what of it is done), and `chart`: uses of the last fourteen days.",
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
      "`rows`: grants that would be admitted now (500 at most, `total` says how many there are); `own`: what agents may do on their own authority.",
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
];
