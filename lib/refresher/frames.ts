import type { Socket } from "node:net";

const LENGTH_BYTES = 4;
/** More than any question or answer between two of our own processes. */
export const FRAME_BYTES_MAX = 4 * 1024 * 1024;

/** A value as it goes between two processes: JSON, and dates stay dates. */
export function encode(value: unknown): Buffer {
  const text = JSON.stringify(value, function (this: Record<string, unknown>, key, plain) {
    const raw = this[key];
    return raw instanceof Date ? { $date: raw.toISOString() } : plain;
  });
  return Buffer.from(text ?? "null", "utf8");
}

export function decode(bytes: Buffer): unknown {
  return JSON.parse(bytes.toString("utf8"), (_key, value) => (isDate(value) ? new Date(value.$date) : value));
}

function isDate(value: unknown): value is { $date: string } {
  return (
    typeof value === "object" && value !== null && Object.keys(value).join() === "$date" && typeof Reflect.get(value, "$date") === "string"
  );
}

/** Four bytes of length, then the value. */
export function sendFrame(socket: Socket, value: unknown): void {
  const body = encode(value);
  const head = Buffer.alloc(LENGTH_BYTES);
  head.writeUInt32BE(body.length);
  socket.write(Buffer.concat([head, body]));
}

/** Calls `take` for each whole value that arrives. What is no frame, or larger than any, breaks the connection off. */
export function readFrames(socket: Socket, take: (value: unknown) => void, bytesMax: () => number = () => FRAME_BYTES_MAX): void {
  let kept: Buffer = Buffer.alloc(0);
  socket.on("data", (chunk: Buffer) => {
    kept = kept.length === 0 ? chunk : Buffer.concat([kept, chunk]);
    while (kept.length >= LENGTH_BYTES && !socket.destroyed) {
      const length = kept.readUInt32BE(0);
      if (length > bytesMax()) return void socket.destroy();
      if (kept.length < LENGTH_BYTES + length) return;
      const body = kept.subarray(LENGTH_BYTES, LENGTH_BYTES + length);
      kept = kept.subarray(LENGTH_BYTES + length);
      try {
        take(decode(body));
      } catch {
        socket.destroy();
      }
    }
  });
}
