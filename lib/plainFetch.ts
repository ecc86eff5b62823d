/** Neither guarded nor changed by whoever shares the process. A file of its own, since it is imported when it is first needed. */
export { fetch as plainFetch } from "undici";
