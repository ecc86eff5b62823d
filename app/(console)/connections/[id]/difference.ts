/** What a person is about to change about an account, before the service is asked. */
export interface Change {
  readonly added: readonly string[];
  readonly givenUp: readonly string[];
}

interface Asked {
  readonly held: readonly string[];
  readonly ticked: readonly string[];
  /** What each choice brings, itself included. */
  readonly brings: Readonly<Record<string, readonly string[]>>;
  /** What is held whatever is ticked. */
  readonly always: readonly string[];
}

/** By names, in the order in which they come. Pure. */
export function differenceOf({ held, ticked, brings, always }: Asked): Change {
  const then = new Set([...always, ...ticked.flatMap((name) => brings[name] ?? [name])]);
  const before = new Set(held);
  return { added: [...then].filter((name) => !before.has(name)), givenUp: held.filter((name) => !then.has(name)) };
}
