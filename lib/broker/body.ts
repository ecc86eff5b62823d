import { Refusal } from "../errors";
import type { CallBody } from "../policy/call";

/** What has to be read before it can be judged may be this large. Everything else streams. */
const READ_BYTES_MAX = 1024 * 1024;

/**
 * Reads a body that is to be judged, whole, as the text that is then sent in its place.
 *
 * Refuses `too_large`, and `not_allowed` (`body_unreadable`) for one that is packed or is no UTF-8: the SaaS would see another.
 */
export async function readBody(headers: Headers, body: ReadableStream<Uint8Array> | null): Promise<CallBody> {
  const encoding = headers.get("content-encoding")?.trim().toLowerCase() ?? "identity";
  if (encoding !== "identity") throw unreadable("Send it without content-encoding.");
  return { contentType: headers.get("content-type"), text: decode(await collect(body)) };
}

function decode(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw unreadable("Send it in UTF-8.");
  }
}

async function collect(body: ReadableStream<Uint8Array> | null): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of (body ?? []) as AsyncIterable<Uint8Array>) {
    size += chunk.length;
    if (size > READ_BYTES_MAX) {
      const message = "A body that has to be read before it is sent (GraphQL, a form, a batch) may have 1 MiB at most.";
      throw new Refusal("too_large", message, { reason: "body_too_large" });
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function unreadable(next: string): Refusal {
  return new Refusal("not_allowed", `Valet has to read this body before it sends it, and could not. ${next}`, {
    reason: "body_unreadable",
    next,
  });
}
