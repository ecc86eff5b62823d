import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { refusalOf } from "../testing/refusal";
import { guardMultipart, multipartBoundary } from "./multipart";

const BOUNDARY = "----x7";
const part = (head: string, content: string) => `--${BOUNDARY}\r\n${head}\r\n\r\n${content}\r\n`;
const named = (name: string, content = "delete") => part(`Content-Disposition: form-data; name=${name}`, content);
const form = (...parts: string[]) => `${parts.join("")}--${BOUNDARY}--\r\n`;

/** The form as it comes out when it goes in by pieces of this many bytes. */
async function pass(text: string, size = 1024): Promise<string> {
  const bytes = Buffer.from(text, "latin1");
  const pieces = Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) => bytes.subarray(index * size, (index + 1) * size));
  const out: Uint8Array[] = [];
  for await (const piece of guardMultipart(streamOf(pieces), BOUNDARY) as unknown as AsyncIterable<Uint8Array>) out.push(piece);
  return Buffer.concat(out).toString("latin1");
}

function streamOf(pieces: readonly Uint8Array[]): ReadableStream<Uint8Array> {
  const left = [...pieces];
  return new ReadableStream({
    pull(controller) {
      const piece = left.shift();
      if (piece) controller.enqueue(piece);
      else controller.close();
    },
  });
}

describe("a form with parts", () => {
  it("passes byte for byte, whatever its files hold and however it is cut", async () => {
    const whole = form(named('"title"', "A title"), part('Content-Disposition: form-data; name="file"; filename="form.html"', PAGE));
    const passes = async (size: number) => {
      expect(await pass(whole, size)).toBe(whole);
    };
    await fc.assert(fc.asyncProperty(fc.integer({ min: 1, max: 400 }), passes), { numRuns: 60 });
  });

  it("is broken off at a part that replaces the method, in every spelling and however it is cut", async () => {
    for (const name of ['"_method"', "_method", '"_METHOD"', '"_HttpMethod"', '"_method"; filename="a"']) {
      for (const size of [1, 7, 1024]) {
        const refusal = await refusalOf(pass(form(named('"title"'), named(name)), size));
        expect([refusal.code, refusal.reason], `${name} by ${size}`).toEqual(["not_allowed", "method_override"]);
      }
    }
    const extended = part("content-disposition: form-data; name*=utf-8''_method", "put");
    expect((await refusalOf(pass(form(extended)))).reason).toBe("method_override");
    const bareLines = form(named('"_method"')).replaceAll("\r\n\r\n", "\n\n");
    expect((await refusalOf(pass(bareLines, 3))).reason).toBe("method_override");
    const emptyPart = `--${BOUNDARY}\r\n\r\n\r\n${form(named('"_method"'))}`;
    expect((await refusalOf(pass(emptyPart, 2))).reason).toBe("method_override");
  });

  it("is broken off when the head of a part has no end", async () => {
    const endless = `--${BOUNDARY}\r\nX-Pad: ${"a".repeat(20_000)}`;
    expect((await refusalOf(pass(endless))).reason).toBe("form_unreadable");
  });
});

describe("the boundary", () => {
  it("is read from the type, bare or in quotes, and is null for a body without parts", () => {
    expect(multipartBoundary("multipart/form-data; boundary=abc")).toBe("abc");
    expect(multipartBoundary('Multipart/Related; type="text/plain"; boundary="a b"; charset=utf-8')).toBe("a b");
    expect(multipartBoundary("application/json")).toBeNull();
    expect(multipartBoundary(null)).toBeNull();
  });

  it("is refused when it is missing, or could be read in two ways", async () => {
    for (const parameters of [
      "",
      "; boundary=",
      "; boundary=a; boundary=b",
      '; boundary=a; x="boundary=b"',
      '; boundary="a\\"b"',
      "; boundary*=a",
    ]) {
      const refusal = await refusalOf(() => multipartBoundary(`multipart/form-data${parameters}`));
      expect([refusal.code, refusal.reason], parameters).toEqual(["not_allowed", "form_unreadable"]);
    }
  });
});

const PAGE = '<form><input type="hidden" name="_method" value="delete"></form>\r\n\r\nContent-Disposition: form-data; name="_method"\r\n';
