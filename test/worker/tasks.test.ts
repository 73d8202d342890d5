// The task suite over the real playground and the real server. All thirty run in `npm run bench -- --only tasks`.

import { afterAll, beforeAll, expect, test } from "vitest";
import { playgroundTasks } from "../../bench/tasks.ts";
import type { PlaygroundState } from "../../bench/tasks/playground-state.ts";
import { runTask } from "../../bench/tasks/run-task.ts";
import { startPlayground } from "../../bench/tasks/start-playground.ts";
import type { TaskApi } from "../../bench/tasks/task-api.ts";
import type { Task } from "../../bench/tasks/task.ts";
import { replay, startChatEndpoint } from "../bench/replay-model.ts";

let playground: TaskApi<PlaygroundState>;
let model: Awaited<ReturnType<typeof startChatEndpoint>>;
beforeAll(async () => {
  playground = await startPlayground({ visits: false });
  model = await startChatEndpoint(replay(playgroundTasks));
});
afterAll(async () => {
  await playground?.stop();
  await model?.stop();
});

const taskOf = (id: string) => playgroundTasks.find((task) => task.id === id) as Task<PlaygroundState>;

test("a task comes out right by programs, by single calls, and by a model behind chat completions", async () => {
  const result = await runTask(playground, taskOf("d1-create-table"), { url: model.url, name: "replay" });
  expect([result.twofold.wrong, result.calls.wrong, result.model?.wrong]).toEqual([[], [], []]);
  expect(result.model?.exchanges.map(([exchange]) => exchange?.tool)).toEqual([
    "search",
    "execute",
    "execute",
  ]);
  expect(result.definitions.twofold).toBeLessThan(result.definitions.required);
});

test("a refused task is right when nothing changed and the answer says why", async () => {
  const result = await runTask(playground, taskOf("kv-refuse-read-only"));
  expect([result.twofold.wrong, result.calls.wrong]).toEqual([[], []]);
  const { readOnly: _, ...writing } = taskOf("kv-refuse-read-only");
  const { twofold } = await runTask(playground, writing);
  expect(twofold.wrong[0]).toMatch(/^state\.kv\.shop-settings\.text:banner is not there; wanted: "Autumn/);
});

test("a program that does half of it, and something else, is judged wrong", async () => {
  const task = taskOf("kv-set-flags");
  const programs = task.programs.map(({ tool, code }) => ({
    tool,
    code: code
      .replace("shipping.minimum = 40", "shipping.minimum = 50")
      .replace("100;", "100; checkout.by = 'me';"),
  }));
  const result = await runTask(playground, { ...task, programs });
  expect(result.twofold.wrong).toEqual([
    "state.kv.shop-settings.flags:free-shipping.minimum is 50; wanted: 40",
    'state.kv.shop-settings.flags:new-checkout.by is "me"; wanted: not there',
  ]);
});
