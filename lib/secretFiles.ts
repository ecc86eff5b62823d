import { readFileSync } from "node:fs";

/** Enough for any secret; a file that is larger is another file. */
const BYTES_MAX = 64 * 1024;

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Every setting `NAME` that is a secret may come as `NAME_FILE`, the path of a file that holds it: Docker and Kubernetes mount secrets so,
 * and no list of processes or environments shows them. A line's end behind the value is not part of it.
 *
 * Answers the environment with the values in it, and what is wrong with a file in a sentence without its content.
 */
export function readSecretFiles(
  env: Environment,
  names: readonly string[],
): { values: Record<string, string | undefined>; problems: string[] } {
  const [values, problems]: [Record<string, string | undefined>, string[]] = [{ ...env }, []];
  for (const name of names) {
    const path = env[`${name}_FILE`];
    if (!path) continue;
    const read = env[name] ? `${name} and ${name}_FILE are both set: leave one of them out.` : readOne(name, path);
    if (typeof read === "string") problems.push(read);
    else values[name] = read.secret;
  }
  return { values, problems };
}

function readOne(name: string, path: string): { secret: string } | string {
  try {
    const bytes = readFileSync(path);
    if (bytes.length > BYTES_MAX) return `${name}_FILE names a file of more than ${BYTES_MAX / 1024} KiB: no secret is that long.`;
    const secret = bytes.toString("utf8").replace(/\r?\n$/, "");
    return secret === "" ? `${name}_FILE names a file that is empty: write the secret into it.` : { secret };
  } catch (error) {
    return `${name}_FILE names a file that ${whyNot(error)}`;
  }
}

function whyNot(error: unknown): string {
  switch ((error as { code?: unknown }).code) {
    case "ENOENT":
      return "is not there: mount it, or give its path.";
    case "EACCES":
    case "EPERM":
      return "Valet's user may not read: give that user the right to.";
    case "EISDIR":
      return "is a folder: name the file in it.";
    default:
      return "cannot be read: give the path of a file that Valet's user may read.";
  }
}
