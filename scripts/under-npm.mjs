const LOOK_MS = 500;

/**
 * npm passes a signal on only to its shell, and `kill -9` to nobody: a process that npm started notices here that npm
 * is gone, and ends as on SIGTERM.
 */
export function endWithNpm() {
  if (!process.env.npm_lifecycle_event) return;
  const npm = process.ppid;
  const look = setInterval(() => {
    if (process.ppid === npm) return;
    clearInterval(look);
    process.kill(process.pid, "SIGTERM");
  }, LOOK_MS);
  look.unref();
}
