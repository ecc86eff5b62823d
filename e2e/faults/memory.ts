import { closeSync, openSync, readFileSync, readSync } from "node:fs";

const CHUNK_BYTES = 8 * 1024 * 1024;

/** Which of these a process has, in its memory as far as it can be read, or in its environment. Linux alone has such files. */
export function foundIn(pid: number, needles: ReadonlyMap<string, Buffer>): string[] {
  const found = new Set<string>();
  const overlap = Math.max(...[...needles.values()].map(({ length }) => length));
  const look = (bytes: Buffer) => {
    for (const [name, needle] of needles) if (!found.has(name) && bytes.includes(needle)) found.add(name);
  };
  look(readFileSync(`/proc/${pid}/environ`));
  const memory = openSync(`/proc/${pid}/mem`, "r");
  try {
    const chunk = Buffer.alloc(CHUNK_BYTES);
    for (const [from, to] of regionsOf(pid)) {
      for (let at = from; at < to; at += CHUNK_BYTES - overlap)
        look(chunk.subarray(0, readAt(memory, chunk, at, Math.min(CHUNK_BYTES, to - at))));
    }
  } finally {
    closeSync(memory);
  }
  return [...found].sort();
}

/** Whatever was written by the process itself: what it maps of files and cannot change is left out. */
function regionsOf(pid: number): [number, number][] {
  return readFileSync(`/proc/${pid}/maps`, "utf8")
    .split("\n")
    .flatMap((line): [number, number][] => {
      const [, from, to, rights, name] = /^([0-9a-f]+)-([0-9a-f]+) (\S+) \S+ \S+ \S+\s*(.*)$/.exec(line) ?? [];
      if (!from || !to || !rights?.startsWith("r") || name?.startsWith("[v") || (name?.startsWith("/") && rights[1] !== "w")) return [];
      return [[Number.parseInt(from, 16), Number.parseInt(to, 16)]];
    });
}

/** A region that went away meanwhile holds nothing. */
function readAt(memory: number, chunk: Buffer, at: number, bytes: number): number {
  try {
    return readSync(memory, chunk, 0, bytes, at);
  } catch {
    return 0;
  }
}

/** A secret as it may lie in memory: its bytes, and written as text by any of the ways that are used for keys, one byte or two a character. */
export function spellings(name: string, bytes: Buffer, asText: boolean): [string, Buffer][] {
  const texts = asText ? [bytes.toString("utf8")] : [];
  const written = [...texts, bytes.toString("base64url"), bytes.toString("base64"), bytes.toString("hex")];
  const spelt = written.flatMap((text, index): [string, Buffer][] => [
    [`${name} ${index}`, Buffer.from(text, "latin1")],
    [`${name} ${index} wide`, Buffer.from(text, "utf16le")],
  ]);
  return [[name, bytes], ...spelt];
}
