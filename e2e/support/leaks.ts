/** A secret that is known to be in the system, by what it is. */
export interface Planted {
  readonly what: string;
  readonly value: string;
}

/** So many characters of one secret in a row are a leak, although the rest is not there. */
const PART_CHARACTERS = 20;
/** What is shorter is looked for as a whole: a part of it could be there by chance. */
const WHOLE_CHARACTERS = 2 * PART_CHARACTERS;

/**
 * Every secret that is in a text, as sentences that do not repeat it: as it is, half of it, backwards, percent-encoded, as JSON in JSON,
 * in hexadecimal, and in Base64 however it was packed.
 *
 * @param texts where to look, by the name of the place.
 */
export function findLeaks(texts: Readonly<Record<string, string>>, planted: readonly Planted[]): string[] {
  const places = Object.entries(texts);
  const known = new Map(planted.filter(({ value }) => value.length > 0).map((one) => [one.value, one]));
  return [...known.values()].flatMap(({ what, value }) => {
    const shapes = shapesOf(value);
    return places.flatMap(([place, text]) => {
      const shape = shapes.find(([, one]) => text.includes(one));
      return shape ? [`${what} ${shape[0]} in ${place}`] : [];
    });
  });
}

type Shape = readonly [how: string, text: string];

function shapesOf(value: string): Shape[] {
  const hex = Buffer.from(value).toString("hex");
  return [
    ["as it is", value],
    ["in part", value.length >= WHOLE_CHARACTERS ? value.slice(0, -PART_CHARACTERS).slice(-PART_CHARACTERS) : value],
    ["percent-encoded", encodeURIComponent(value)],
    ["as JSON in JSON", JSON.stringify(JSON.stringify(value)).slice(3, -3)],
    ["backwards", [...value].reverse().join("")],
    ["in hexadecimal", hex],
    ["in hexadecimal", hex.toUpperCase()],
    ...base64(value),
  ];
}

/** As it is packed at each of three places of a longer text, but for the ends, which its neighbours change. */
function base64(value: string): Shape[] {
  return [0, 1, 2].flatMap((before) => {
    const packed = Buffer.from(`${"\0".repeat(before)}${value}`).toString("base64");
    const inner = packed.slice(before === 0 ? 0 : 4, -4);
    return [inner, inner.replaceAll("+", "-").replaceAll("/", "_")].map((text) => ["in Base64", text] as const);
  });
}
