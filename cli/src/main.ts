import { CommanderError } from "commander";
import { Context } from "./context.ts";
import { EXIT, Failure } from "./failure.ts";
import { createProgram } from "./program.ts";

/** Who reads our output may stop reading: `valet activity | head`. */
process.stdout.on("error", (error: NodeJS.ErrnoException) => process.exit(error.code === "EPIPE" ? EXIT.ok : EXIT.failure));

const context = new Context();
try {
  await createProgram(context).parseAsync();
} catch (error) {
  process.exitCode = error instanceof CommanderError ? endOf(error) : context.fail(error);
}

/** commander has told it already in words; help and the version are no failure. */
function endOf({ exitCode, message }: CommanderError): number {
  if (exitCode === 0) return EXIT.ok;
  return context.options.json ? context.fail(new Failure(EXIT.usage, message.replace(/^error: /, ""))) : EXIT.usage;
}
