// Loaded into every process of the demo: ends it when the supervisor is gone, however that died.
const GRACE_MS = 5_000;

process.once("disconnect", () => {
  process.kill(process.pid, "SIGTERM");
  setTimeout(() => process.exit(1), GRACE_MS).unref();
});
process.channel?.unref();
