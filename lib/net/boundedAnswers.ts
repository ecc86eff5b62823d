import type { Dispatcher } from "undici";

/** An answer that is no answer to what was asked: it goes on and on. */
export class AnswerTooLarge extends Error {
  override readonly name = "AnswerTooLarge";
}

/** An answer in a packing that nobody asked for, or packed more than once. */
export class AnswerPacked extends Error {
  override readonly name = "AnswerPacked";
}

/**
 * As it comes over the wire, packed or not: a page of a list is the largest answer to a question of Valet's own. Each question bounds besides what it
 * reads of the unpacked text; this also ends what unpacks to nothing.
 */
export const WIRE_BYTES_MAX = 4 * 1024 * 1024;
/** One of these was asked for. A word that names no packing (some servers say `utf-8`) changes nothing. */
const NOT_ASKED_FOR = new Set(["zstd", "compress", "x-compress", "dcb", "dcz"]);

/** Ends an answer that is packed in an odd way before anything is unpacked, and one that does not end. */
export const boundedAnswers: Dispatcher.DispatcherComposeInterceptor = (dispatch) => (options, handler) =>
  dispatch(options, bounded(handler));

function bounded(handler: Dispatcher.DispatchHandler): Dispatcher.DispatchHandler {
  let bytes = 0;
  return {
    onRequestStart: (...given) => handler.onRequestStart?.(...given),
    onRequestUpgrade: (...given) => handler.onRequestUpgrade?.(...given),
    onResponseStart(controller, status, headers, words) {
      if (!isOddlyPacked(String(headers["content-encoding"] ?? ""))) handler.onResponseStart?.(controller, status, headers, words);
      else controller.abort(new AnswerPacked("The answer is packed in a way that nobody asked for."));
    },
    onResponseData(controller, chunk) {
      bytes += chunk.length;
      if (bytes <= WIRE_BYTES_MAX) handler.onResponseData?.(controller, chunk);
      else controller.abort(new AnswerTooLarge("The answer does not end."));
    },
    onResponseEnd: (...given) => handler.onResponseEnd?.(...given),
    onResponseError: (...given) => handler.onResponseError?.(...given),
  };
}

function isOddlyPacked(encoding: string): boolean {
  const packings = encoding
    .toLowerCase()
    .split(",")
    .map((one) => one.trim())
    .filter((one) => one !== "" && one !== "identity");
  return packings.length > 1 || packings.some((one) => NOT_ASKED_FOR.has(one));
}

/** What ended an answer, under whatever `fetch` made of it. */
export function endedBy(error: unknown): "too_large" | "packed" | null {
  for (let one = error, depth = 0; one instanceof Error && depth < 4; one = one.cause, depth += 1) {
    if (one instanceof AnswerTooLarge) return "too_large";
    if (one instanceof AnswerPacked) return "packed";
  }
  return null;
}
