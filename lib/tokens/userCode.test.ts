import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { newUserCode, readUserCode, showUserCode } from "./userCode";

describe("a terminal's code", () => {
  it("is eight of twenty letters, none of which reads like another, and never the same", () => {
    const codes = Array.from({ length: 500 }, newUserCode);
    for (const code of codes) expect(code).toMatch(/^[BCDFGHJKLMNPQRSTVWXZ]{8}$/);
    expect(new Set(codes).size).toBe(500);
    expect(new Set(codes.join("")).size).toBe(20);
  });

  it("is shown in two halves, and read back however it is typed", () => {
    expect(showUserCode("WDJBMJHT")).toBe("WDJB-MJHT");
    for (const typed of ["WDJB-MJHT", "wdjb-mjht", "wdjbmjht", " W D J B  M J H T ", "WDJB_MJHT.", "wDjB\u2013mJhT"])
      expect(readUserCode(typed)).toBe("WDJBMJHT");
  });

  it("is nothing else", () => {
    for (const typed of ["", "WDJB-MJH", "WDJB-MJHTB", "ADJB-MJHT", "WDJB-MJH1", "ßDJB-MJHT"]) expect(readUserCode(typed)).toBeNull();
    fc.assert(
      fc.property(fc.string(), (typed) => {
        const code = readUserCode(typed);
        return code === null || /^[BCDFGHJKLMNPQRSTVWXZ]{8}$/.test(code);
      }),
    );
  });
});
