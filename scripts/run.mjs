// Plain Node: runs before anything is installed.
import { spawn } from "node:child_process";

/**
 * Runs one command quietly and says how long it took. What it printed is shown when it fails, or as it comes with `show`.
 * Without a terminal a long step still says every 15 s that it works.
 */
export async function runStep(title, [command, ...args], { cwd, env = {}, show = false } = {}) {
  const began = performance.now();
  process.stdout.write(show ? `${title}\n` : `${title} ...`);
  const { code, output } = await run(command, args, { cwd, env, show });
  const seconds = ((performance.now() - began) / 1000).toFixed(1);
  if (code === 0) process.stdout.write(show ? `${title}: done in ${seconds} s\n` : ` ${seconds} s\n`);
  else process.stdout.write(`${show ? title : ""} failed after ${seconds} s\n${show ? "" : output}\n`);
  return { ok: code === 0, code, output };
}

const STILL_HERE_MS = 15_000;

function run(command, args, { cwd, env, show }) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd, env: { ...process.env, ...env }, stdio: ["ignore", "pipe", "pipe"] });
    let output = "";
    const take = (chunk) => {
      output += chunk;
      if (show) process.stdout.write(chunk);
    };
    child.stdout.on("data", take);
    child.stderr.on("data", take);
    const dots = setInterval(() => !show && process.stdout.write("."), STILL_HERE_MS);
    const end = (code, more = "") => {
      clearInterval(dots);
      resolve({ code, output: output + more });
    };
    child.once("error", (error) => end(1, `${error.message}\n`));
    child.once("close", (code) => end(code ?? 1));
  });
}
