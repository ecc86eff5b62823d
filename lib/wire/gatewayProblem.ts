import type { JsonAnswer } from "../net/message";

/**
 * A refusal of the gateway as client packages of a SaaS can read it: problem details (RFC 9457) that say their sentence also
 * where GitHub (`message`), Google and Microsoft (`error.message`) and GraphQL (`errors`) have theirs. A caller that says
 * what it accepts, and not problem details, gets it as plain JSON: most packages read no other.
 */
export function asPackagesReadIt(answer: JsonAnswer, target: string, accept: string | null): JsonAnswer {
  const { code, detail: message } = answer.document as { code: string; detail: string };
  const isGraphql = /\/graphql$/.test(target);
  const more = { message, ...(isGraphql ? { errors: [{ message }] } : { error: { code, message } }) };
  if (accept && !accept.includes("problem+json")) answer.headers.set("content-type", "application/json");
  return answer.but(answer.status, more);
}
