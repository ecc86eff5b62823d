import { once } from "node:events";
import type { Server } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";

/** A server's answer, as it came over the wire. */
export interface RawAnswer {
  /** Null: it hung up without a word. */
  readonly status: number | null;
  /** Everything that came. */
  readonly text: string;
  /** How many answers that is: more than one where one was asked for means that a request was smuggled in. */
  readonly answers: number;
}

export async function listen(server: Server): Promise<number> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return (server.address() as AddressInfo).port;
}

/** Sends exactly these bytes, and hears all until the server hangs up. Whoever is not hung up on says `connection: close` in what it sends. */
export async function sendRaw(port: number, bytes: string): Promise<RawAnswer> {
  const socket = await dial(port);
  socket.write(bytes, "latin1");
  return hear(socket);
}

export async function dial(port: number): Promise<Socket> {
  const socket = connect(port, "127.0.0.1");
  await once(socket, "connect");
  return socket;
}

/** All until the other end hangs up. */
export async function hear(socket: Socket): Promise<RawAnswer> {
  let text = "";
  socket.on("data", (chunk: Buffer) => (text += chunk.toString("latin1")));
  socket.on("error", () => undefined);
  await once(socket, "close");
  const heads = [...text.matchAll(/^HTTP\/1\.1 (\d{3}) /gm)];
  return { status: heads[0] ? Number(heads[0][1]) : null, text, answers: heads.length };
}

/** One request as its lines, the way nobody's client library would write it. */
export function lines(...all: string[]): string {
  return all.join("\r\n");
}
