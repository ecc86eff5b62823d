import { type Automaton, automatonOf } from "./automaton";

/** How a pattern that does not match may take longer than the text is long. */
export interface Finding {
  /** `exponential`: no bound on the text helps. `quadratic`: or a higher power, so that the text has to be short. */
  readonly kind: "exponential" | "quadratic";
  /** Two places of the pattern that can share out the same text between them in many ways. */
  readonly between: readonly [string, string];
}

export interface Judged {
  readonly findings: readonly Finding[];
  /** Parts that this judge does not understand. */
  readonly unread: readonly string[];
}

/**
 * Judges a pattern by the ways in which it can read one text (Weber and Seidl, "On the degree of ambiguity of finite automata", 1991). An engine that goes
 * back tries each of them before it gives up. Two ways around one loop: exponential. A way from one loop into another by the text of both:
 * quadratic; the search for a beginning is a loop too. Where nothing can fail any more there is nothing to go back for.
 */
export function judgePattern(pattern: { readonly source: string; readonly flags: string }): Judged {
  const automaton = automatonOf(pattern);
  const graph = graphOf(automaton);
  const exponential = findExponential(graph);
  return { findings: exponential.length > 0 ? exponential : findQuadratic(graph), unread: automaton.unread };
}

interface Graph extends Automaton {
  /** The loops: each place's number of one, or -1 where it is on none that may still fail. */
  readonly loop: readonly number[];
  /** Places that can read a character one after the other. */
  readonly steps: readonly (readonly number[])[];
  /** Of two or three places: whether one character suits them all. */
  shares(...places: readonly number[]): boolean;
}

function graphOf(automaton: Automaton): Graph {
  const { places, next, done, letters } = automaton;
  const characters = letters.length - 2;
  const masks = places.map(({ reads }) =>
    reads.slice(0, characters).reduce((mask, yes, at) => (yes ? mask | (1n << BigInt(at)) : mask), 0n),
  );
  const steps = next.map((after) => [...after.keys()].filter((to) => masks[to] !== 0n));
  const failing = steps.map((after, from) => (done.has(from) ? [] : after.filter((to) => !done.has(to))));
  const loop = componentsOf(failing).map(({ cyclic, number }) => (cyclic ? number : -1));
  const shares = (...of: readonly number[]) => of.reduce((mask, at) => mask & (masks[at] as bigint), -1n) !== 0n;
  return { ...automaton, loop, steps, shares };
}

interface Component {
  readonly number: number;
  readonly cyclic: boolean;
}

/** Strongly connected components (Kosaraju), without recursion. */
function componentsOf(steps: readonly (readonly number[])[]): Component[] {
  const back: number[][] = steps.map(() => []);
  steps.forEach((after, from) => {
    for (const to of after) back[to]?.push(from);
  });
  const numbers = new Array<number>(steps.length).fill(-1);
  const sizes: number[] = [];
  for (const root of leavingOrder(steps).reverse()) {
    if (numbers[root] !== -1) continue;
    const number = sizes.push(0) - 1;
    const work = [root];
    for (let at = work.pop(); at !== undefined; at = work.pop()) {
      if (numbers[at] !== -1) continue;
      numbers[at] = number;
      sizes[number] = (sizes[number] as number) + 1;
      work.push(...(back[at] as number[]));
    }
  }
  return numbers.map((number, at) => ({ number, cyclic: (sizes[number] as number) > 1 || (steps[at] as readonly number[]).includes(at) }));
}

/** Each place after all that it leads to, but for what leads back. */
function leavingOrder(steps: readonly (readonly number[])[]): number[] {
  const [seen, order] = [new Set<number>(), [] as number[]];
  const work = steps.map((_, at) => at);
  for (let at = work.pop(); at !== undefined; at = work.pop()) {
    if (at < 0) order.push(~at);
    else if (!seen.has(at)) {
      seen.add(at);
      work.push(~at, ...(steps[at] as readonly number[]));
    }
  }
  return order;
}

/** Two ways from a place back to itself by the same text. */
function findExponential({ places, next, loop, steps, shares }: Graph): Finding[] {
  const raw = (at: number) => places[at]?.raw ?? "";
  const found: Finding[] = [];
  const say = (one: number, other: number) => found.push({ kind: "exponential", between: [raw(one), raw(other)] });
  for (const members of loopsOf(loop)) {
    const inside = (from: number) => (steps[from] as readonly number[]).filter((to) => loop[to] === loop[from]);
    for (const from of members) for (const to of inside(from)) if ((next[from]?.get(to) ?? 0) > 1) say(from, to);
    if (found.length > 0) return found;
    const size = members.length;
    const at = new Map(members.map((place, position) => [place, position]));
    const pairs = Array.from({ length: size * size }, (_, pair): number[] => {
      const [one, other] = [members[Math.floor(pair / size)] as number, members[pair % size] as number];
      return inside(one).flatMap((a) =>
        inside(other).flatMap((b) => (shares(a, b) ? [(at.get(a) as number) * size + (at.get(b) as number)] : [])),
      );
    });
    const components = componentsOf(pairs);
    const together = new Set(members.map((_, position) => components[position * size + position]?.number));
    const apart = components.findIndex(({ number }, pair) => Math.floor(pair / size) !== pair % size && together.has(number));
    if (apart >= 0) say(members[Math.floor(apart / size)] as number, members[apart % size] as number);
  }
  return found;
}

function loopsOf(loop: readonly number[]): number[][] {
  const all = new Map<number, number[]>();
  loop.forEach((number, place) => {
    if (number >= 0 && place !== 0) all.set(number, [...(all.get(number) ?? []), place]);
  });
  return [...all.values()];
}

/** A text that goes around at one place, from there to another, and around there. */
function findQuadratic(graph: Graph): Finding[] {
  const { places, loop } = graph;
  const looping = places.flatMap((_, place) => (place === 0 || (loop[place] as number) >= 0 ? [place] : []));
  return looping.flatMap((one) =>
    looping
      .filter((other) => other !== 0 && other !== one && loop[other] !== loop[one] && leadsInto(graph, one, other))
      .map((other): Finding => ({ kind: "quadratic", between: [places[one]?.raw ?? "", places[other]?.raw ?? ""] })),
  );
}

type Three = readonly [number, number, number];

/** Whether one text leads from `one` to itself, from `one` to `other`, and from `other` to itself. */
function leadsInto(graph: Graph, one: number, other: number): boolean {
  const after = together(graph, one, other);
  const [seen, work] = [new Set<string>(), after([one, one, other])];
  for (let at = work.pop(); at; at = work.pop()) {
    if (at[0] === one && at[1] === other && at[2] === other) return true;
    if (seen.has(at.join())) continue;
    seen.add(at.join());
    work.push(...after(at));
  }
  return false;
}

/** Where three readers may be after one more character: the first goes around at `one`, the last at `other`, the second anywhere. */
function together({ loop, steps, shares, done }: Graph, one: number, other: number): (three: Three) => Three[] {
  const stepsOf = (from: number) => steps[from] as readonly number[];
  const around = (from: number, home: number) => (home === 0 ? [0] : stepsOf(from).filter((to) => loop[to] === loop[home]));
  // A search for all goes on behind what it found; what was found within one attempt is not given back.
  const through = (from: number) => stepsOf(from).filter((to) => one === 0 || !done.has(to));
  return ([a, b, c]) =>
    around(a, one).flatMap((nextA) =>
      around(c, other)
        .filter((nextC) => shares(nextA, nextC))
        .flatMap((nextC) =>
          through(b)
            .filter((nextB) => shares(nextA, nextB, nextC))
            .map((nextB): Three => [nextA, nextB, nextC]),
        ),
    );
}
