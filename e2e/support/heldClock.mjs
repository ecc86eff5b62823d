/**
 * Loaded before the server of a Valet whose clock the tests hold: `Date` tells what they said last. Timers run as always. The product
 * knows nothing of it, and a Valet that is started in any other way cannot be told the time.
 */
const RealDate = Date;
let now = Number(process.env.VALET_TESTS_CLOCK);

globalThis.Date = new Proxy(RealDate, {
  construct: (target, given, made) => Reflect.construct(target, given.length > 0 ? given : [now], made),
  apply: () => new RealDate(now).toString(),
  get: (target, name) => (name === "now" ? () => now : Reflect.get(target, name)),
});
RealDate.prototype.constructor = globalThis.Date;

process.on("message", ({ clock }) => {
  if (typeof clock !== "number") return;
  now = clock;
  process.send?.({ clock });
});
// Listening must not keep a server alive that is to stop.
process.channel?.unref();
