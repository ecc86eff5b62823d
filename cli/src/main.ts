import { CommanderError } from "commander";
import { Context } from "./context.ts";
import { EXIT } from "./failure.ts";
import { createProgram } from "./program.ts";

/** Who reads our output may stop reading: `valet activity | head`. */
process.stdout.on("error", (error: NodeJS.ErrnoException) => process.exit(error.code === "EPIPE" ? EXIT.ok : EXIT.failure));

const context = new Context();
try {
  await createProgram(context).parseAsync();
} catch (error) {
  // commander has told it already.
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? EXIT.ok : EXIT.usage;
  else process.exitCode = context.fail(error);
}
