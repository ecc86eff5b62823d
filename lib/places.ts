import type { Core } from "./ctx";

/** Per process: `flights` is what every copy of one core shares. */
const taken = new WeakMap<Core["flights"], Map<string, number>>();

/**
 * One of so many places that a name has at a time, in this process: what one caller has under way leaves room for the others.
 *
 * @returns leaves the place. Null when all are taken.
 */
export function takePlace(core: Pick<Core, "flights">, name: string, most: number): (() => void) | null {
  const places = taken.get(core.flights) ?? new Map<string, number>();
  taken.set(core.flights, places);
  const before = places.get(name) ?? 0;
  if (before >= most) return null;
  places.set(name, before + 1);
  return () => {
    const left = (places.get(name) ?? 1) - 1;
    if (left > 0) places.set(name, left);
    else places.delete(name);
  };
}
