import { z } from "zod";
import { CONDITIONS_MAX } from "./rules";

const claim = z.string().max(100);
const value = z.string().max(600);

/** Conditions as they are sent: a claim, and what it must be, what it may be, or what it begins with. */
export const conditionsInput = z
  .array(
    z.union([
      z.strictObject({ claim, equals: value }),
      z.strictObject({ claim, oneOf: z.array(value).max(50) }),
      z.strictObject({ claim, startsWith: value }),
    ]),
  )
  .max(CONDITIONS_MAX);
