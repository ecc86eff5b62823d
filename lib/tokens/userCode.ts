import { randomInt } from "node:crypto";

/** No vowels, so that no words come out; no letters that look alike, no digits (RFC 8628 section 6.1). */
const LETTERS = "BCDFGHJKLMNPQRSTVWXZ";
const LENGTH = 8;

/** What a person reads off a terminal: eight of twenty letters, 34 bits. Enough because wrong ones are counted and it lives ten minutes. */
export function newUserCode(): string {
  let code = "";
  for (let index = 0; index < LENGTH; index += 1) code += LETTERS[randomInt(LETTERS.length)];
  return code;
}

/** A code as somebody typed it: case, dashes and blanks do not matter. Null when it cannot be one. */
export function readUserCode(typed: string): string | null {
  const code = typed.toUpperCase().replace(/[^A-Z0-9]/g, "");
  return code.length === LENGTH && [...code].every((letter) => LETTERS.includes(letter)) ? code : null;
}

/** As it is shown: `WDJB-MJHT`. */
export function showUserCode(code: string): string {
  return `${code.slice(0, LENGTH / 2)}-${code.slice(LENGTH / 2)}`;
}
