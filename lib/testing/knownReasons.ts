import { REFUSAL_CODES } from "../errors";
import reasons from "../wire/docs/reasons.json";

/** What the page of errors knows: its codes, and the finer reasons below them. */
const KNOWN = new Set<string>([...REFUSAL_CODES, "server_error", ...Object.values(reasons).flatMap((ofCode) => Object.keys(ofCode))]);

/** Any answer of Valet in a test, passed on. A refusal for a reason that the page of errors does not have ends the test. */
export async function withKnownReason(answer: Response): Promise<Response> {
  const own = answer.status >= 400 && !answer.headers.has("valet-use-id") && /json/.test(answer.headers.get("content-type") ?? "");
  const { reason } = own ? ((await answer.clone().json()) as { readonly reason?: unknown }) : {};
  if (typeof reason === "string" && !KNOWN.has(reason))
    throw new Error(`The page of errors does not know the reason "${reason}". See lib/wire/docs/reasons.test.ts.`);
  return answer;
}
