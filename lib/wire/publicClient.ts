import { Refusal } from "../errors";
import type { HeaderFields } from "../net/message";
import { needed, readCredentials } from "./form";

/**
 * The `client_id` of a client that people run themselves, which proves nothing (RFC 6749 section 3.2.1). Who proves themselves is
 * somebody else, and has no business with what is given here: told before the proof is looked at, so that it tells nothing.
 */
export function publicClientId(headers: HeaderFields, form: URLSearchParams): string {
  if (readCredentials(headers, form).kind !== "none" || headers.has("authorization")) {
    throw new Refusal("forbidden", "This is for people's own clients, which have no secret. Send client_id alone.", {
      reason: "not_a_peoples_client",
    });
  }
  return needed(form, "client_id");
}

/** `scope` as a list, each once. */
export function readScopes(form: URLSearchParams): string[] {
  return [...new Set((form.get("scope") ?? "").split(" ").filter(Boolean))];
}
