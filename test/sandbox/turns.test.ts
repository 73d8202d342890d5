import { describe, expect, test } from "vitest";
import { Turns } from "../../src/sandbox/turns.ts";

const never = 60_000;

test("as many as there are turns go at once, the next when one is given back", async () => {
  const turns = new Turns({ count: 2, share: 2, waitMs: never });
  const first = await turns.take("ann");
  await turns.take("bob");
  let third = false;
  const waiting = turns.take("cy").then((leave) => {
    third = true;
    return leave;
  });
  await new Promise((resolve) => setImmediate(resolve));
  expect(third).toBe(false);
  first?.();
  expect(await waiting).toBeTypeOf("function");
});

test("those who wait go in the order they came", async () => {
  const turns = new Turns({ count: 1, share: 1, waitMs: never });
  const order: number[] = [];
  const leave = await turns.take("ann");
  const others = [1, 2, 3].map(async (n) => {
    const end = await turns.take("ann");
    order.push(n);
    end?.();
  });
  leave?.();
  await Promise.all(others);
  expect(order).toEqual([1, 2, 3]);
});

test("one whose turn does not come in time gives up, and takes nobody else's", async () => {
  const turns = new Turns({ count: 1, share: 1, waitMs: 5 });
  const leave = await turns.take("ann");
  expect(await turns.take("ann")).toBeUndefined();
  leave?.();
  expect(await turns.take("ann")).toBeTypeOf("function");
});

test("one whose client has gone leaves the line", async () => {
  const turns = new Turns({ count: 1, share: 1, waitMs: never });
  const leave = await turns.take("ann");
  const client = new AbortController();
  const gone = turns.take("ann", client.signal);
  const behind = turns.take("ann");
  client.abort();
  expect(await gone).toBeUndefined();
  leave?.();
  expect(await behind).toBeTypeOf("function");
  expect(await turns.take("ann", AbortSignal.abort())).toBeUndefined();
});

test("a turn given back twice is one turn", async () => {
  const turns = new Turns({ count: 1, share: 1, waitMs: 5 });
  const leave = await turns.take("ann");
  leave?.();
  leave?.();
  expect(await turns.take("ann")).toBeTypeOf("function");
  expect(await turns.take("ann")).toBeUndefined();
});

describe("one principal has its share", () => {
  test("and no more, also while turns are free: there is one for the next who comes", async () => {
    const turns = new Turns({ count: 3, share: 2, waitMs: never });
    const first = await turns.take("ann");
    await turns.take("ann");
    let third = false;
    const waiting = turns.take("ann").then((leave) => {
      third = true;
      return leave;
    });
    expect(await turns.take("bob")).toBeTypeOf("function");
    expect(third).toBe(false);
    first?.();
    expect(await waiting).toBeTypeOf("function");
  });

  test("and who came later goes before those who have theirs", async () => {
    const turns = new Turns({ count: 3, share: 2, waitMs: never });
    const order: string[] = [];
    const begun = (name: string) => (leave: (() => void) | undefined) => {
      order.push(name);
      return leave;
    };
    await Promise.all([turns.take("ann"), turns.take("ann")]);
    const bob = await turns.take("bob");
    void turns.take("ann").then(begun("ann"));
    const cara = turns.take("cara").then(begun("cara"));
    bob?.();
    expect(await cara).toBeTypeOf("function");
    expect(order).toEqual(["cara"]);
  });

  test("which is whole again when its programs have ended", async () => {
    const turns = new Turns({ count: 4, share: 1, waitMs: 5 });
    for (let n = 0; n < 3; n += 1) {
      const leave = await turns.take("ann");
      expect(await turns.take("ann")).toBeUndefined();
      leave?.();
      leave?.();
    }
    expect(await turns.take("ann")).toBeTypeOf("function");
    expect(await turns.take("ann")).toBeUndefined();
  });

  test("but where there is nobody to share with, one has all", async () => {
    const turns = new Turns({ count: 2, share: 1, waitMs: 5 });
    const all = await Promise.all([turns.take(undefined), turns.take(undefined), turns.take(undefined)]);
    expect(all.map((leave) => leave !== undefined)).toEqual([true, true, false]);
  });
});
