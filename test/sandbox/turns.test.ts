import { expect, test } from "vitest";
import { Turns } from "../../src/sandbox/turns.ts";

const never = 60_000;

test("as many as there are turns go at once, the next when one is given back", async () => {
  const turns = new Turns(2, never);
  const first = await turns.take();
  await turns.take();
  let third = false;
  const waiting = turns.take().then((leave) => {
    third = true;
    return leave;
  });
  await Promise.resolve();
  expect(third).toBe(false);
  first?.();
  expect(await waiting).toBeTypeOf("function");
});

test("those who wait go in the order they came", async () => {
  const turns = new Turns(1, never);
  const order: number[] = [];
  const leave = await turns.take();
  const others = [1, 2, 3].map(async (n) => {
    const end = await turns.take();
    order.push(n);
    end?.();
  });
  leave?.();
  await Promise.all(others);
  expect(order).toEqual([1, 2, 3]);
});

test("one whose turn does not come in time gives up, and takes nobody else's", async () => {
  const turns = new Turns(1, 5);
  const leave = await turns.take();
  expect(await turns.take()).toBeUndefined();
  leave?.();
  expect(await turns.take()).toBeTypeOf("function");
});

test("one whose client has gone leaves the line", async () => {
  const turns = new Turns(1, never);
  const leave = await turns.take();
  const client = new AbortController();
  const gone = turns.take(client.signal);
  const behind = turns.take();
  client.abort();
  expect(await gone).toBeUndefined();
  leave?.();
  expect(await behind).toBeTypeOf("function");
  expect(await turns.take(AbortSignal.abort())).toBeUndefined();
});

test("a turn given back twice is one turn", async () => {
  const turns = new Turns(1, 5);
  const leave = await turns.take();
  leave?.();
  leave?.();
  expect(await turns.take()).toBeTypeOf("function");
  expect(await turns.take()).toBeUndefined();
});
