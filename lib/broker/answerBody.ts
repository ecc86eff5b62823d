import { pipeline, type Readable } from "node:stream";
import { createBrotliDecompress, createGunzip, createInflate } from "node:zlib";
import type { Connector } from "../connectors/connector";
import type { Fields } from "../net/message";
import { leadLinksBack } from "./bodyLinks";

const UNPACK = { gzip: createGunzip, "x-gzip": createGunzip, br: createBrotliDecompress, deflate: createInflate } as const;

/**
 * The SaaS's answer as it goes to the caller. It streams unchanged, packed or not, but for JSON with links that client packages
 * follow: that is unpacked and led back through the gateway. `headers` are brought in line with what is sent.
 */
export function answerBody({ api }: Connector, status: number, headers: Fields, body: Readable, gatewayBase: string): Readable {
  if (!api.bodyLinks || !isWholeJson(status, headers)) return body;
  const packed = (headers.get("content-encoding") ?? "identity").trim().toLowerCase();
  const unpack = packed in UNPACK ? UNPACK[packed as keyof typeof UNPACK]() : null;
  // In a packing that nobody asked for, nothing can be read, so nothing is changed.
  if (!unpack && packed !== "identity") return body;
  for (const name of ["content-length", "content-encoding", "content-md5", "content-digest"]) headers.delete(name);
  const links = leadLinksBack(api.bodyLinks, api.baseUrl, gatewayBase);
  // An error of one ends all of them; whoever reads the last one hears of it.
  const heard = () => undefined;
  return unpack ? pipeline(body, unpack, links, heard) : pipeline(body, links, heard);
}

function isWholeJson(status: number, headers: Fields): boolean {
  return status >= 200 && status < 300 && status !== 206 && /^application\/([\w.-]+\+)?json\b/i.test(headers.get("content-type") ?? "");
}

/** What a caller may be sent packed, where the gateway has to read answers: gzip if they take it, for it can unpack that. */
export function readablePacking(accepted: string | undefined): string {
  return /(^|[\s,])(x-)?gzip\s*(,|;(?!\s*q=0(\.0*)?\s*(,|$))|$)/i.test(accepted ?? "") ? "gzip" : "identity";
}
