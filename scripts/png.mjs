import { deflateSync, inflateSync } from "node:zlib";

const SIGNATURE = Buffer.from([137, 80, 78, 71, 13, 10, 26, 10]);
const COLOURS_MAX = 256;
/** Those that most pixels have stay what they are: a tint of a whole area must not become its neighbour's. */
const KEPT = 64;
/** How far a colour may move, as pixelmatch measures it: below 35215 * 0.02^2, which the comparison of e2e/support/photograph.ts passes over. */
const REACHES = [0, 1, 2, 4, 6, 8, 10, 12, 13.5];

/**
 * The same picture with at most 256 colours, a third of the size: those that are nearest to one another become one, and no colour moves further than
 * it must, nor so far that it is seen. Eight-bit RGB and RGBA as a browser writes them; anything else comes back as it was, and so does a picture
 * that has too many colours or would not get smaller.
 *
 * @param {Buffer} file
 * @returns {Buffer}
 */
export function shrinkPng(file) {
  const picture = readPng(file);
  if (!picture) return file;
  const { width, height, pixels } = picture;
  const chosen = choosePalette(pixels);
  if (!chosen) return file;
  const { palette, indexOf } = chosen;
  const rows = Buffer.alloc((width + 1) * height);
  for (let y = 0; y < height; y += 1) for (let x = 0; x < width; x += 1) rows[y * (width + 1) + x + 1] = indexOf(pixels[y * width + x]);
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 3, 0, 0, 0], 8);
  const colours = Buffer.from(palette.flatMap((colour) => [colour >> 16, (colour >> 8) & 255, colour & 255]));
  const small = Buffer.concat([
    SIGNATURE,
    chunk("IHDR", header),
    chunk("PLTE", colours),
    chunk("IDAT", deflateSync(rows, { level: 9 })),
    chunk("IEND", Buffer.alloc(0)),
  ]);
  return small.length < file.length ? small : file;
}

/** Width, height, and each pixel as 0xRRGGBB; null for a format that no browser of ours writes. */
function readPng(file) {
  const { header, data } = readChunks(file);
  const [width, height] = [header.readUInt32BE(0), header.readUInt32BE(4)];
  const [depth, colourType, , , interlaced] = header.subarray(8);
  const bytes = { 2: 3, 6: 4 }[colourType];
  if (depth !== 8 || bytes === undefined || interlaced !== 0) return null;
  const raw = unfilter(inflateSync(data), width * bytes, height, bytes);
  const pixels = new Uint32Array(width * height);
  for (let at = 0; at < pixels.length; at += 1) pixels[at] = (raw[at * bytes] << 16) | (raw[at * bytes + 1] << 8) | raw[at * bytes + 2];
  return { width, height, pixels };
}

function readChunks(file) {
  const parts = [];
  let header = Buffer.alloc(0);
  for (let at = 8; at < file.length; ) {
    const length = file.readUInt32BE(at);
    const type = file.toString("latin1", at + 4, at + 8);
    const body = file.subarray(at + 8, at + 8 + length);
    if (type === "IHDR") header = body;
    if (type === "IDAT") parts.push(body);
    at += length + 12;
  }
  return { header, data: Buffer.concat(parts) };
}

/** PNG specification, section 9: each row says how it was predicted from its left and upper neighbours. */
function unfilter(filtered, rowBytes, height, bytes) {
  const out = Buffer.alloc(rowBytes * height);
  for (let y = 0; y < height; y += 1) {
    const filter = filtered[y * (rowBytes + 1)];
    for (let x = 0; x < rowBytes; x += 1) {
      const at = y * rowBytes + x;
      const left = x >= bytes ? out[at - bytes] : 0;
      const up = y > 0 ? out[at - rowBytes] : 0;
      const corner = x >= bytes && y > 0 ? out[at - rowBytes - bytes] : 0;
      const predicted = [0, left, up, (left + up) >> 1, paeth(left, up, corner)][filter];
      out[at] = filtered[y * (rowBytes + 1) + 1 + x] + predicted;
    }
  }
  return out;
}

function paeth(left, up, corner) {
  const guess = left + up - corner;
  const [byLeft, byUp, byCorner] = [Math.abs(guess - left), Math.abs(guess - up), Math.abs(guess - corner)];
  if (byLeft <= byUp && byLeft <= byCorner) return left;
  return byUp <= byCorner ? up : corner;
}

/** The most frequent colours stay what they are; a rarer one joins the nearest, by the smallest reach that leaves 256. */
function choosePalette(pixels) {
  const counts = new Map();
  for (const colour of pixels) counts.set(colour, (counts.get(colour) ?? 0) + 1);
  const colours = [...counts.keys()].sort((a, b) => counts.get(b) - counts.get(a) || a - b);
  for (const reach of REACHES) {
    const chosen = withinReach(colours, reach);
    if (chosen) return chosen;
  }
  return null;
}

function withinReach(colours, reach) {
  const palette = [];
  const places = new Map();
  for (const colour of colours) {
    const near = reach === 0 || palette.length < KEPT ? -1 : nearest(palette, colour, reach);
    places.set(colour, near < 0 ? palette.push(colour) - 1 : near);
    if (palette.length > COLOURS_MAX) return null;
  }
  return { palette, indexOf: (colour) => places.get(colour) };
}

function nearest(palette, colour, reach) {
  let [best, distance] = [-1, reach];
  for (const [place, other] of palette.entries()) {
    const far = distanceOf(colour, other);
    if (far <= distance) [best, distance] = [place, far];
  }
  return best;
}

/** In brightness and two opponent colours (YIQ), weighted as pixelmatch does. */
function distanceOf(one, other) {
  const red = (one >> 16) - (other >> 16);
  const green = ((one >> 8) & 255) - ((other >> 8) & 255);
  const blue = (one & 255) - (other & 255);
  const y = red * 0.29889531 + green * 0.58662247 + blue * 0.11448223;
  const i = red * 0.59597799 - green * 0.2741761 - blue * 0.32180189;
  const q = red * 0.21147017 - green * 0.52261711 + blue * 0.31114694;
  return 0.5053 * y * y + 0.299 * i * i + 0.1957 * q * q;
}

const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, index) => {
  let value = index;
  for (let bit = 0; bit < 8; bit += 1) value = value & 1 ? 0xedb88320 ^ (value >>> 1) : value >>> 1;
  return value;
});

function chunk(type, body) {
  const named = Buffer.concat([Buffer.from(type, "latin1"), body]);
  let crc = 0xffffffff;
  for (const byte of named) crc = CRC_TABLE[(crc ^ byte) & 255] ^ (crc >>> 8);
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(body.length);
  sum.writeUInt32BE((crc ^ 0xffffffff) >>> 0);
  return Buffer.concat([length, named, sum]);
}
