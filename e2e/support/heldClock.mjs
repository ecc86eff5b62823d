/**
 * Loaded before the server of a Valet whose clock the tests hold: `Date` tells what they said last, and what is to come each minute never
 * comes, since none passes. Other timers run as always. The product knows nothing of it, and a Valet that is started in any other way cannot be told the time.
 */
const RealDate = Date;
let now = Number(process.env.VALET_TESTS_CLOCK);

globalThis.Date = new Proxy(RealDate, {
  construct: (target, given, made) => Reflect.construct(target, given.length > 0 ? given : [now], made),
  apply: () => new RealDate(now).toString(),
  get: (target, name) => (name === "now" ? () => now : Reflect.get(target, name)),
});
RealDate.prototype.constructor = globalThis.Date;

const EACH_MINUTE_MS = 60_000;
const realInterval = globalThis.setInterval;
globalThis.setInterval = (work, milliseconds, ...given) =>
  realInterval(milliseconds >= EACH_MINUTE_MS ? () => {} : work, milliseconds, ...given);

process.on("message", ({ clock }) => {
  if (typeof clock !== "number") return;
  now = clock;
  process.send?.({ clock });
});
// Listening must not keep a server alive that is to stop.
process.channel?.unref();
