import { Refusal } from "../errors";
import type { BodyStream, HeaderFields } from "../net/message";
import type { CallBody } from "../policy/call";

/** What has to be read before it can be judged may be this large. Everything else streams. */
const READ_BYTES_MAX = 1024 * 1024;

type Body = BodyStream;

/** A body can be read once, and a call may be judged twice: the second time has what came of the first. */
export function oncePerBody<T, Rest extends unknown[]>(work: (body: Body, ...rest: Rest) => Promise<T>): typeof work {
  const known = new WeakMap<Body, Promise<T>>();
  return (body, ...rest) => {
    const result = known.get(body) ?? work(body, ...rest);
    known.set(body, result);
    return result;
  };
}

const collectOnce = oncePerBody(collect);

/**
 * Reads a body that is to be judged, whole, as the text that is then sent in its place.
 *
 * Refuses `too_large`, and `not_allowed` (`body_unreadable`) for one that is packed or is no UTF-8: the SaaS would see another.
 */
export async function readBody(headers: HeaderFields, body: Body | null): Promise<CallBody> {
  const encoding = headers.get("content-encoding")?.trim().toLowerCase() ?? "identity";
  if (encoding !== "identity") throw unreadable("Send it without content-encoding.");
  return { contentType: headers.get("content-type"), text: decode(body ? await collectOnce(body) : new Uint8Array()) };
}

function decode(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw unreadable("Send it in UTF-8.");
  }
}

async function collect(body: Body): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body as unknown as AsyncIterable<Uint8Array>) {
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
