// Health check of the image: `node scripts/healthy.mjs /readyz`. Ends with 0 when this machine's Valet answers that it is so.
const path = process.argv[2] ?? "/healthz";
const at = `http://127.0.0.1:${process.env.PORT ?? 3000}${path}`;
const answer = await fetch(at, { signal: AbortSignal.timeout(4_000) }).catch(() => null);
if (!answer?.ok) console.error(answer ? `${path} answered ${answer.status}.` : `${path} did not answer.`);
process.exitCode = answer?.ok ? 0 : 1;
