import { deflateSync, inflateSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { shrinkPng } from "./png.mjs";

type Pixel = readonly [red: number, green: number, blue: number];

/** An 8-bit RGB picture, each row predicted in another of PNG's five ways, as browsers write it. */
function draw(width: number, height: number, colour: (x: number, y: number) => Pixel): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 2], 8);
  const at = (x: number, y: number, part: number) => (x < 0 || y < 0 ? 0 : (colour(x, y)[part] as number));
  const rows: number[] = [];
  for (let y = 0; y < height; y += 1) {
    rows.push(y % 5);
    for (let x = 0; x < width; x += 1)
      for (let part = 0; part < 3; part += 1) {
        const [left, up, corner] = [at(x - 1, y, part), at(x, y - 1, part), at(x - 1, y - 1, part)];
        rows.push((at(x, y, part) - ([0, left, up, (left + up) >> 1, paeth(left, up, corner)][y % 5] as number)) & 255);
      }
  }
  const signature = Buffer.from([137, 80, 78, 71, 13, 10, 26, 10]);
  return Buffer.concat([
    signature,
    chunk("IHDR", header),
    chunk("IDAT", deflateSync(Buffer.from(rows), { level: 0 })),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}

function paeth(left: number, up: number, corner: number): number {
  const guess = left + up - corner;
  const far = [left, up, corner].map((one) => Math.abs(guess - one));
  return [left, up, corner][far.indexOf(Math.min(...far))] as number;
}

/** Nobody here looks at the checksum. */
function chunk(type: string, body: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(body.length);
  return Buffer.concat([length, Buffer.from(type), body, Buffer.alloc(4)]);
}

/** The pixels of a picture with a palette, row by row. */
function pixelsOf(file: Buffer, width: number): Pixel[] {
  const body = (type: string) => {
    const at = file.indexOf(type);
    return file.subarray(at + 4, at + 4 + file.readUInt32BE(at - 4));
  };
  const palette = body("PLTE");
  return [...inflateSync(body("IDAT"))].flatMap((index, at) =>
    at % (width + 1) === 0 ? [] : [[palette[index * 3], palette[index * 3 + 1], palette[index * 3 + 2]] as unknown as Pixel],
  );
}

const each = (width: number, height: number, colour: (x: number, y: number) => Pixel) =>
  Array.from({ length: width * height }, (_, at) => colour(at % width, Math.floor(at / width)));

describe("shrinkPng", () => {
  it("keeps every pixel of a picture with few colours", () => {
    const few = (x: number, y: number): Pixel => [(x % 12) * 20, (y % 10) * 25, 7];
    const file = draw(40, 25, few);
    const small = shrinkPng(file);
    expect(small.length).toBeLessThan(file.length);
    expect(pixelsOf(small, 40)).toEqual(each(40, 25, few));
  });

  it("moves no colour of a picture with many so far that it is seen", () => {
    const many = (x: number, y: number): Pixel => [200 + (x % 20), 100 + (y % 20), 50];
    const pixels = pixelsOf(shrinkPng(draw(60, 60, many)), 60);
    expect(new Set(pixels.map(String)).size).toBeLessThanOrEqual(256);
    const far = each(60, 60, many).map((pixel, at) => Math.max(...pixel.map((part, index) => Math.abs(part - (pixels[at]?.[index] ?? 0)))));
    expect(Math.max(...far)).toBeLessThanOrEqual(2);
  });

  it("keeps the tint of an area beside another that is nearly the same", () => {
    const many = (x: number, y: number): Pixel =>
      y < 30 ? [249, 250, 252] : y < 40 ? [248, 249, 251] : [100 + (x % 25), 100 + (y % 25), 90];
    const pixels = pixelsOf(shrinkPng(draw(60, 80, many)), 60);
    expect(pixels.slice(0, 60 * 40)).toEqual(each(60, 40, many));
  });

  it("leaves one alone whose colours would have to move so far that it is seen", () => {
    const file = draw(60, 60, (x, y) => [x * 4, y * 4, (x * y) % 256]);
    expect(shrinkPng(file)).toBe(file);
  });

  it("leaves one alone that is small already", () => {
    const small = shrinkPng(draw(40, 25, () => [1, 2, 3]));
    expect(shrinkPng(small)).toBe(small);
  });
});
