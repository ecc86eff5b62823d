/** A place where answers wait until a test lets them go. Nothing here sleeps: both sides are promises. */
export interface Gate {
  readonly isClosed: boolean;
  close(): void;
  /** Lets everybody who waits go on, and stays open. */
  open(): void;
  /** Waits while the gate is closed. */
  pass(): Promise<void>;
  /** Waits until the next `open()`, also when the gate is open now. */
  wait(): Promise<void>;
  /** Resolves as soon as `count` callers wait here. */
  reached(count: number): Promise<void>;
}

export function createGate(): Gate {
  let closed = false;
  let waiting: (() => void)[] = [];
  let watchers: { count: number; resolve: () => void }[] = [];

  function tellWatchers(): void {
    for (const watcher of watchers) if (waiting.length >= watcher.count) watcher.resolve();
    watchers = watchers.filter((watcher) => waiting.length < watcher.count);
  }
  function wait(): Promise<void> {
    return new Promise((resolve) => {
      waiting.push(resolve);
      tellWatchers();
    });
  }
  return {
    get isClosed() {
      return closed;
    },
    close: () => {
      closed = true;
    },
    open: () => {
      closed = false;
      for (const resume of waiting.splice(0)) resume();
      waiting = [];
    },
    pass: () => (closed ? wait() : Promise.resolve()),
    wait,
    reached: (count) =>
      new Promise((resolve) => {
        watchers.push({ count, resolve });
        tellWatchers();
      }),
  };
}
