// The capability, at most so many calls of it at once. What crosses lies in the memory that all runs share, so the rest
// wait here, in the isolate that makes them. Never lets a program at the capability itself.

const NativePromise = Promise;

/**
 * @param {{request(call: string): Promise<string>}} capability @param {number} most calls under way at once
 * @returns {{request(call: string): Promise<string>}}
 */
export function createGate(capability, most) {
  let free = most;
  // A list by hand: a program can patch those of the language.
  let first;
  let last;
  const isFull = () => free === 0;
  const turn = () =>
    new NativePromise((resolve) => {
      const waiting = { resolve, next: undefined };
      if (first === undefined) first = waiting;
      else last.next = waiting;
      last = waiting;
    });
  return {
    async request(call) {
      // Counted anew after each wait: a patched promise may end one early.
      while (isFull()) await turn();
      free -= 1;
      try {
        return await capability.request(call);
      } finally {
        free += 1;
        const next = first;
        first = next?.next;
        next?.resolve();
      }
    },
  };
}
