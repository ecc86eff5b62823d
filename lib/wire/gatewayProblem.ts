/**
 * A refusal of the gateway as client packages of a SaaS can read it: problem details (RFC 9457) that say their sentence also
 * where GitHub (`message`), Google and Microsoft (`error.message`) and GraphQL (`errors`) have theirs. A caller that says
 * what it accepts, and not problem details, gets it as plain JSON: most packages read no other.
 */
export async function asPackagesReadIt(answer: Response, target: string, accept: string | null): Promise<Response> {
  const problem = (await answer.json()) as { code: string; detail: string };
  const { code, detail: message } = problem;
  const isGraphql = /\/graphql$/.test(target);
  const body = { ...problem, message, ...(isGraphql ? { errors: [{ message }] } : { error: { code, message } }) };
  const headers = new Headers(answer.headers);
  if (accept && !accept.includes("problem+json")) headers.set("content-type", "application/json");
  return new Response(JSON.stringify(body), { status: answer.status, headers });
}
