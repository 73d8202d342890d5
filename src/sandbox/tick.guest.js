// The check compiled into every loop and function: ends a program that never lets go of the processor. Production has
// cpuMs for that and a clock that stands still between I/O; locally nothing else would.

/** Thrown into the program; the host reports it as a limit. One object: a program may catch and adopt it a million times. */
export class LoopError extends Error {
  constructor(milliseconds) {
    super(`The program kept the processor busy for ${milliseconds / 1000} s without an end in sight.`);
    this.name = "LoopError";
  }
}

/** Turns of loops and functions between two looks at the clock, at most: looking each time would slow a tight loop tenfold. */
const longest = 64;
/** Milliseconds between two looks after which the next turn is looked at: a turn may sort a million items. */
const slow = 20;

/**
 * @param {number} maximum milliseconds of work without a turn of the event loop: waiting for an answer is not work
 * @returns {() => number} a look at the clock: how many turns may pass until the next
 */
export function createTick(maximum) {
  const now = Date.now;
  const later = setTimeout;
  let since;
  let stride = 1;
  let last = now();
  let ended;
  return function tick() {
    const time = now();
    stride = time - last > slow ? 1 : Math.min(2 * stride, longest);
    last = time;
    if (since === undefined) {
      since = time;
      // Runs only when the program has let go, which neither a loop nor a chain of promises does.
      later(() => (since = undefined), 0);
      return stride;
    }
    if (time - since <= maximum) return stride;
    // Once is not enough: a program can catch it, and then meets it in the very next loop or function, whose count is not set.
    throw (ended ??= new LoopError(maximum));
  };
}
