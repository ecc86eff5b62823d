import { Transform, type TransformCallback } from "node:stream";

/** Members deeper than any that a connector names are not looked at. */
const DEPTH_MAX = 4;
/** A member's name that is longer is none that a connector names. */
const NAME_BYTES_MAX = 64;

const [QUOTE, BACKSLASH, COLON, COMMA, SLASH] = [0x22, 0x5c, 0x3a, 0x2c, 0x2f];
const [OBJECT, OBJECT_END, ARRAY, ARRAY_END] = [0x7b, 0x7d, 0x5b, 0x5d];

/**
 * Leads links in a JSON answer back through the gateway: the beginning of the strings at `members` (RFC 6901 pointers), if it
 * is `base` and a slash. Nothing else is touched, byte for byte, also in what is no JSON. Holds no more than the text it
 * compares, so an answer of any size or depth streams.
 */
export function leadLinksBack(members: readonly string[], base: string, gatewayBase: string): Transform {
  const scan = new LinkScan(new Set(members), Buffer.from(`${base}/`), Buffer.from(`${gatewayBase}/`));
  return new Transform({
    transform: (chunk: Buffer, _encoding, done: TransformCallback) => done(null, scan.take(chunk)),
    flush: (done) => done(null, scan.rest()),
  });
}

/** What the scan is in the middle of: nothing to look at, a member's name, or a string that may be a link. */
type Reading = "other" | "name" | "link";

class LinkScan {
  private depth = 0;
  /** By depth, down to `DEPTH_MAX`: the member under way; null before its name, in an array, or when nobody asks for it. */
  private readonly path: (string | null)[] = [];
  private readonly isObject: boolean[] = [];
  private expectsName = false;
  private inString = false;
  private escaped = false;
  private reading: Reading = "other";
  /** The bytes of a name so far, or of a string that still may begin like a link. */
  private held: number[] = [];
  private output: Buffer[] = [];

  constructor(
    private readonly members: ReadonlySet<string>,
    private readonly from: Buffer,
    private readonly to: Buffer,
  ) {}

  take(chunk: Buffer): Buffer {
    this.output = [];
    let passed = 0;
    for (let at = this.jump(chunk, 0); at < chunk.length; at = this.jump(chunk, at + 1)) {
      const before = this.reading;
      if (this.inString) this.inText(chunk[at] as number);
      else this.outside(chunk[at] as number);
      if (this.reading === before || (this.reading !== "link" && before !== "link")) continue;
      // What may be a link waits in `held` from behind its opening quote on; `compare` has passed on what it was.
      if (this.reading === "link") this.output.push(chunk.subarray(passed, at + 1));
      passed = at + 1;
    }
    if (this.reading !== "link") this.output.push(chunk.subarray(passed));
    return this.output.length === 1 ? (this.output[0] as Buffer) : Buffer.concat(this.output);
  }

  /** A stream that ends within a string: what was held is passed on as it came. */
  rest(): Buffer {
    return Buffer.from(this.reading === "link" ? this.held : []);
  }

  /** Jumps over text that nobody looks at, to its end or its next backslash. */
  private jump(chunk: Buffer, at: number): number {
    if (!this.inString || this.escaped || this.reading !== "other") return at;
    const quote = chunk.indexOf(QUOTE, at);
    const end = quote < 0 ? chunk.length : quote;
    const backslash = chunk.subarray(at, end).indexOf(BACKSLASH);
    return backslash < 0 ? end : at + backslash;
  }

  private outside(byte: number): void {
    if (byte === QUOTE) this.openString();
    else if (byte === OBJECT || byte === ARRAY) this.open(byte === OBJECT);
    else if (byte === OBJECT_END || byte === ARRAY_END) this.close();
    else if (byte === COMMA) this.expectsName = this.depth <= DEPTH_MAX && this.isObject[this.depth] === true;
    else if (byte === COLON) this.expectsName = false;
  }

  private open(isObject: boolean): void {
    this.depth += 1;
    this.expectsName = isObject && this.depth <= DEPTH_MAX;
    if (this.depth > DEPTH_MAX) return;
    this.isObject[this.depth] = isObject;
    this.path[this.depth] = null;
  }

  private close(): void {
    this.depth = Math.max(0, this.depth - 1);
    this.expectsName = false;
  }

  private openString(): void {
    this.inString = true;
    this.held = [];
    this.reading = this.expectsName ? "name" : this.isAtMember() ? "link" : "other";
  }

  private isAtMember(): boolean {
    if (this.depth === 0 || this.depth > DEPTH_MAX) return false;
    const here = this.path.slice(1, this.depth + 1);
    return !here.includes(null) && this.members.has(`/${here.join("/")}`);
  }

  private inText(byte: number): void {
    const ends = byte === QUOTE && !this.escaped;
    this.escaped = byte === BACKSLASH && !this.escaped;
    if (this.reading === "link") this.compare(byte, ends);
    else if (this.reading === "name" && !ends && this.held.length <= NAME_BYTES_MAX) this.held.push(byte);
    if (!ends) return;
    if (this.reading === "name") this.path[this.depth] = nameOf(this.held);
    this.inString = false;
    this.reading = "other";
  }

  /** JSON may escape slashes; anything else that differs makes it another address. */
  private compare(byte: number, ends: boolean): void {
    this.held.push(byte);
    const read = withoutSlashEscapes(this.held);
    const fits = !ends && read.every((one, index) => one === this.from[index] || (one === BACKSLASH && index === read.length - 1));
    if (fits && (read.length < this.from.length || read.at(-1) === BACKSLASH)) return;
    this.output.push(fits ? this.to : Buffer.from(this.held));
    this.reading = "other";
  }
}

function withoutSlashEscapes(bytes: readonly number[]): number[] {
  return bytes.filter((one, index) => one !== BACKSLASH || bytes[index + 1] !== SLASH);
}

/** As a part of a pointer; null for one with escapes in it, or too long, which is none that a connector names. */
function nameOf(bytes: readonly number[]): string | null {
  if (bytes.length > NAME_BYTES_MAX || bytes.includes(BACKSLASH)) return null;
  return Buffer.from(bytes).toString("utf8").replaceAll("~", "~0").replaceAll("/", "~1");
}
