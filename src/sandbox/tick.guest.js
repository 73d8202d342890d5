// The check compiled into every loop and function: ends a program that never lets go of the processor. Production has
// cpuMs for that and a clock that stands still between I/O; locally nothing else would.

/** Thrown into the program; the host reports it as a limit. One object: a program may catch and adopt it a million times. */
export class LoopError extends Error {
  constructor(milliseconds) {
    super(`The program kept the processor busy for ${milliseconds / 1000} s without an end in sight.`);
    this.name = "LoopError";
  }
}

/** Checks between two looks at the clock: looking each time would slow a tight loop tenfold. */
const stride = 64;

/** @param {number} maximum milliseconds of work without a turn of the event loop: waiting for an answer is not work */
export function createTick(maximum) {
  const now = Date.now;
  const later = setTimeout;
  let left = stride;
  let since;
  let ended;
  return function tick() {
    left -= 1;
    if (left > 0) return;
    left = stride;
    if (since === undefined) {
      since = now();
      // Runs only when the program has let go, which neither a loop nor a chain of promises does.
      later(() => (since = undefined), 0);
      return;
    }
    if (now() - since <= maximum) return;
    // Once is not enough: a program can catch it, and then must meet it in the very next loop or function.
    left = 0;
    throw (ended ??= new LoopError(maximum));
  };
}
