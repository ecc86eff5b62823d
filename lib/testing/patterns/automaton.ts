import { type AST, RegExpParser } from "@eslint-community/regexpp";

/** One place of a pattern that reads a character. */
export interface Place {
  readonly raw: string;
  /** By number of a letter. */
  readonly reads: readonly boolean[];
}

/**
 * A pattern as the automaton of its places (Glushkov): `next[a].get(b)` is in how many ways `b` may read what follows on what `a` read, two standing for
 * more. Place 0 is the search for a beginning: it reads anything, and goes on to any first place.
 */
export interface Automaton {
  readonly places: readonly Place[];
  readonly next: readonly ReadonlyMap<number, number>[];
  /** Places after which nothing can keep the pattern from matching. */
  readonly done: ReadonlySet<number>;
  /** For each letter a character that it stands for; the last two stand for the beginning and the end of the text. */
  readonly letters: readonly string[];
  /** What of the pattern was not understood. */
  readonly unread: readonly string[];
}

/** More repetitions than these count as any number of them. */
const COPIES_MAX = 16;
const BEGINNING = "beginning";
const END = "end";

type Counts = ReadonlyMap<number, number>;

/** A part of a pattern: by which places it begins and ends, in how many ways it is empty, and where it surely ends, or is empty, whatever follows. */
interface Part {
  readonly first: Counts;
  readonly last: Counts;
  readonly surelyLast: ReadonlySet<number>;
  readonly empty: number;
  readonly surelyEmpty: boolean;
}

const NOTHING: Part = { first: new Map(), last: new Map(), surelyLast: new Set(), empty: 1, surelyEmpty: true };
/** Empty, if what it asks for is there. */
const CONDITION: Part = { ...NOTHING, surelyEmpty: false };
const NEVER: Part = { ...CONDITION, empty: 0 };

const capped = (count: number) => Math.min(count, 2);

export function automatonOf({ source, flags }: { readonly source: string; readonly flags: string }): Automaton {
  const ast = new RegExpParser().parsePattern(source, 0, source.length, { unicode: flags.includes("u"), unicodeSets: flags.includes("v") });
  const letters = lettersOf(source, flags);
  const places: Place[] = [{ raw: "the search for a beginning", reads: [...letters, BEGINNING, END].map(() => true) }];
  const next: Map<number, number>[] = [new Map([[0, 1]])];
  const unread: string[] = [];

  function link(from: Counts, to: Counts): void {
    for (const [a, ways] of from)
      for (const [b, more] of to) {
        const after = next[a] as Map<number, number>;
        after.set(b, capped((after.get(b) ?? 0) + ways * more));
      }
  }

  function place(raw: string, reads: readonly boolean[]): Part {
    const at = places.push({ raw, reads }) - 1;
    next.push(new Map());
    const only = new Map([[at, 1]]);
    return { first: only, last: only, surelyLast: new Set([at]), empty: 0, surelyEmpty: false };
  }

  /** One character, as the engine itself would have it. */
  function character(raw: string): Part {
    const alone = new RegExp(`^(?:${raw})$`, flags.replace(/[gym]/g, ""));
    return place(raw, [...letters.map((letter) => alone.test(letter)), false, false]);
  }

  function marker(raw: string, which: typeof BEGINNING | typeof END): Part {
    if (flags.includes("m")) return CONDITION;
    return place(raw, [...letters.map(() => false), which === BEGINNING, which === END]);
  }

  function both(left: Part, right: Part): Part {
    link(left.last, right.first);
    return {
      first: sum(left.first, times(right.first, left.empty)),
      last: sum(right.last, times(left.last, right.empty)),
      surelyLast: new Set([...right.surelyLast, ...(right.surelyEmpty ? left.surelyLast : [])]),
      empty: capped(left.empty * right.empty),
      surelyEmpty: left.surelyEmpty && right.surelyEmpty,
    };
  }

  const either = (left: Part, right: Part): Part => ({
    first: sum(left.first, right.first),
    last: sum(left.last, right.last),
    surelyLast: new Set([...left.surelyLast, ...right.surelyLast]),
    empty: capped(left.empty + right.empty),
    surelyEmpty: left.surelyEmpty || right.surelyEmpty,
  });

  /** An engine takes no repetition that is empty. */
  const maybe = (part: Part): Part => ({ ...part, empty: 1, surelyEmpty: true });

  function again(part: Part): Part {
    link(part.last, part.first);
    return part;
  }

  function repeated({ min, max, element }: AST.Quantifier): Part {
    const copy = () => read(element);
    if (max === 0) return NOTHING;
    if (max > COPIES_MAX) {
      const needed = Math.min(min, 3);
      if (needed === 0) return maybe(again(copy()));
      return [...Array.from({ length: needed - 1 }, copy), again(copy())].reduce(both);
    }
    let rest = NOTHING;
    for (let at = min; at < max; at += 1) rest = maybe(both(copy(), rest));
    return [...Array.from({ length: min }, copy), rest].reduce(both);
  }

  function assertion(node: AST.Assertion): Part {
    switch (node.kind) {
      case "start":
        return marker("^", BEGINNING);
      case "end":
        return marker("$", END);
      case "word":
        return CONDITION;
      case "lookahead":
        // It reads what follows and gives it back: a way that ends there.
        return { ...CONDITION, first: alternatives(node.alternatives).first };
      case "lookbehind":
        // Without a repetition it reads so many characters and no more, whatever the text.
        if (/[*+?{]/.test(node.raw.slice("(?<=".length))) unread.push(node.raw);
        return CONDITION;
    }
  }

  const alternatives = (all: readonly AST.Alternative[]): Part =>
    all.map(({ elements }) => elements.map(read).reduce(both, NOTHING)).reduce(either, NEVER);

  function read(node: AST.Element): Part {
    switch (node.type) {
      case "Character":
      case "CharacterSet":
      case "CharacterClass":
      case "ExpressionCharacterClass":
        return character(node.raw);
      case "Group":
      case "CapturingGroup":
        return alternatives(node.alternatives);
      case "Quantifier":
        return repeated(node);
      case "Assertion":
        return assertion(node);
      case "Backreference":
        unread.push(node.raw);
        return CONDITION;
    }
  }

  const whole = alternatives(ast.alternatives);
  link(new Map([[0, 1]]), whole.first);
  const done = new Set([...whole.surelyLast, ...readToTheEnd(places, next, whole.surelyLast)]);
  return { places, next, done, letters: [...letters, BEGINNING, END], unread };
}

/** Places that read on and on, whatever comes, up to an end that is then surely there. */
function readToTheEnd(places: readonly Place[], next: readonly Counts[], surelyLast: ReadonlySet<number>): number[] {
  const readsAll = (at: number) => places[at]?.reads.slice(0, -2).every(Boolean) && next[at]?.has(at);
  const ends = (at: number) => [...(next[at]?.keys() ?? [])].some((to) => surelyLast.has(to) && places[to]?.reads.at(-1));
  return places.flatMap((_, at) => (at > 0 && readsAll(at) && ends(at) ? [at] : []));
}

function sum(left: Counts, right: Counts): Counts {
  const all = new Map(left);
  for (const [at, count] of right) all.set(at, capped((all.get(at) ?? 0) + count));
  return all;
}

function times(counts: Counts, factor: number): Counts {
  return factor === 0 ? new Map() : new Map([...counts].map(([at, count]) => [at, capped(count * factor)]));
}

/** Characters that a pattern may tell apart: those it names and their neighbours, ASCII, and some of every other kind. */
function lettersOf(source: string, flags: string): string[] {
  const codes = new Set(Array.from({ length: 128 }, (_, code) => code));
  for (const far of "\u0085\u00a0éÉſK中\u2028\ufeff😀") codes.add(far.codePointAt(0) as number);
  const unicode = /[uv]/.test(flags);
  for (const code of named(source)) for (const near of [code - 1, code, code + 1]) if (near >= 0 && near <= 0x10ffff) codes.add(near);
  return [...codes].filter((code) => unicode || code <= 0xffff).map((code) => String.fromCodePoint(code));
}

function named(source: string): number[] {
  const spelt = [...source.matchAll(/\\(?:u\{([0-9a-f]{1,6})\}|u([0-9a-f]{4})|x([0-9a-f]{2}))/gi)];
  const escaped = spelt.map(([, long, four, two]) => Number.parseInt(long ?? four ?? two ?? "0", 16));
  return [...escaped, ...[...source].map((letter) => letter.codePointAt(0) as number)];
}
