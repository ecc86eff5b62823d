import { isRefusal, type Refusal } from "../errors";

/** The refusal that the work ended with, to be asserted exactly. Anything else, success too, fails the test. */
export async function refusalOf(work: Promise<unknown> | (() => unknown)): Promise<Refusal> {
  try {
    await (typeof work === "function" ? work() : work);
  } catch (error) {
    if (isRefusal(error)) return error;
    throw error;
  }
  throw new Error("It was not refused.");
}
