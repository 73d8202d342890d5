// The check compiled into every loop and function: ends a program that never lets go of the processor. Production has
// cpuMs for that and a clock that stands still between I/O; locally nothing else would.

/** Thrown into the program; the host reports it as a limit. */
export class LoopError extends Error {
  constructor(milliseconds) {
    super(`The program kept the processor busy for ${milliseconds / 1000} s without an end in sight.`);
    this.name = "LoopError";
  }
}

/** Checks between two looks at the clock: looking each time would slow a tight loop tenfold. */
const stride = 64;
/** Milliseconds between two looks that still count as work; a longer gap is the program waiting for something. */
const workGap = 1000;

/** @param {number} maximum milliseconds of uninterrupted work */
export function createTick(maximum) {
  const now = Date.now;
  let left = stride;
  let last = now();
  let busy = 0;
  return function tick() {
    left -= 1;
    if (left > 0) return;
    left = stride;
    const time = now();
    if (time - last < workGap) busy += time - last;
    last = time;
    if (busy <= maximum) return;
    // Once is not enough: a program can catch it, and then must meet it in the very next loop or function.
    left = 0;
    throw new LoopError(maximum);
  };
}
