import { ValetRefusal, ValetUnreachable } from "./errors.ts";
import type { Settings } from "./settings.ts";

/** One request to Valet itself. Answers its JSON; throws ValetRefusal for a no, ValetUnreachable for anything that is no answer. */
export async function ask(settings: Pick<Settings, "url" | "fetch">, path: string, init: RequestInit): Promise<Record<string, unknown>> {
  const response = await settings.fetch(settings.url + path, { redirect: "error", ...init }).catch((cause: unknown) => {
    throw new ValetUnreachable("Valet could not be reached. Check VALET_URL, and try again.", { cause });
  });
  const body = await readJson(response);
  if (!body) throw new ValetUnreachable(`What answered at VALET_URL with ${response.status} is not a Valet.`);
  if (!response.ok) throw new ValetRefusal(response.status, body, response.headers);
  return body;
}

/** An object, or null for whatever else was answered. */
export async function readJson(response: Response): Promise<Record<string, unknown> | null> {
  const body: unknown = await response.json().catch(() => null);
  return typeof body === "object" && body !== null && !Array.isArray(body) ? (body as Record<string, unknown>) : null;
}
