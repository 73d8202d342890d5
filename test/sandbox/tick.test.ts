import { expect, test } from "vitest";
import { createTick, LoopError } from "../../src/sandbox/tick.guest.js";

/** Runs `program` with a check that ends it after 3 s, by a clock that the program moves. */
function withClock(program: (tick: () => number, pass: (milliseconds: number) => void) => void): void {
  const original = Date.now;
  let now = 1_000_000;
  Date.now = () => now;
  try {
    program(createTick(3_000), (milliseconds) => (now += milliseconds));
  } finally {
    Date.now = original;
  }
}
/** As a compiled program counts: it asks when what it was allowed is used up. */
const loop = (tick: () => number) => {
  let left = 0;
  for (let n = 0; n < 1_000; n += 1) if (left-- <= 0) left = tick();
};

test("a program that never lets go is ended, and one that takes its time is not", () => {
  withClock((tick, pass) => {
    loop(tick);
    pass(3_000);
    expect(() => loop(tick)).not.toThrow();
    pass(1);
    expect(() => loop(tick)).toThrow(LoopError);
  });
});

test("turns that take long are looked at one by one", () => {
  withClock((tick, pass) => {
    let turns = 0;
    const slowLoop = () => {
      for (let left = 0; turns < 100; turns += 1) {
        if (left-- <= 0) left = tick();
        pass(400);
      }
    };
    expect(slowLoop).toThrow(LoopError);
    expect(turns).toBeLessThan(12);
  });
});

test("a program that catches it meets it again at once", () => {
  withClock((tick, pass) => {
    loop(tick);
    pass(3_001);
    expect(() => loop(tick)).toThrow(LoopError);
    for (let n = 0; n < 10; n += 1) expect(() => tick()).toThrow(LoopError);
  });
});
