import { describe, expect, it } from "vitest";
import { differenceOf } from "./difference";

const brings = { read: ["read"], comment: ["comment"], write: ["write", "comment"] };
const of = (held: string[], ticked: string[]) => {
  const { added, givenUp } = differenceOf({ held, ticked, brings, always: ["profile"] });
  return { added, givenUp };
};

describe("the difference that reconnecting makes", () => {
  it("is nothing when the same is ticked", () => {
    expect(of(["profile", "read"], ["read"])).toEqual({ added: [], givenUp: [] });
  });

  it("names what comes and what goes", () => {
    expect(of(["profile", "read"], ["comment"])).toEqual({ added: ["comment"], givenUp: ["read"] });
  });

  it("counts what is within a choice: giving up the wider one keeps the smaller that is still ticked", () => {
    expect(of(["profile", "write", "comment"], ["comment"])).toEqual({ added: [], givenUp: ["write"] });
    expect(of(["profile"], ["write"])).toEqual({ added: ["write", "comment"], givenUp: [] });
  });

  it("never says that what every account gives is given up", () => {
    expect(of(["profile", "read"], [])).toEqual({ added: [], givenUp: ["read"] });
  });
});
