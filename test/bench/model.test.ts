import { afterEach, expect, test } from "vitest";
import { modelLimits, readModel } from "../../bench/tasks/chat-completions.ts";
import { solveWithModel } from "../../bench/tasks/solve-with-model.ts";
import { tools } from "../../src/mcp/tools.ts";
import { replay, say, startChatEndpoint } from "./replay-model.ts";

const key = "canary-of-the-model-91b2";
const running: { stop(): Promise<void> }[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((one) => one.stop()));
});

async function endpoint(answer: Parameters<typeof startChatEndpoint>[0]) {
  const started = await startChatEndpoint(answer);
  running.push(started);
  return started;
}

/** What the tools were called with, and what came of the conversation. */
async function converse(url: string) {
  const called: [string, string][] = [];
  const listed = tools.map(({ name, description = "", inputSchema }) => ({ name, description, inputSchema }));
  const conversation = await solveWithModel(
    { url, key, name: "m" },
    {
      system: "system",
      question: "How many?",
      tools: listed,
      callTool: async (name, code) => {
        called.push([name, code]);
        return `answer ${called.length}`;
      },
      limits: { ...modelLimits, retryMs: 1, requestMs: 5_000 },
    },
  );
  return { ...conversation, called };
}

test("a model calls the two tools until it answers, and reads each answer", async () => {
  const programs = [
    { tool: "search", code: `find("x")` },
    { tool: "execute", code: "1" },
  ] as const;
  const model = await endpoint(replay([{ asks: "How many?", programs }]));
  const { answer, called, turns, usage, cut } = await converse(`${model.url}/`);
  expect(called).toEqual(programs.map(({ tool, code }) => [tool, code]));
  expect(answer).toBe("It is: answer 2");
  expect(turns.flat().map((exchange) => exchange.answer)).toEqual(["answer 1", "answer 2"]);
  expect(usage).toEqual({ input: 300, output: 30 });
  expect(cut).toBeUndefined();
  const [first, , last] = model.asked;
  expect(first?.path).toBe("/v1/chat/completions");
  expect(first?.headers.authorization).toBe(`Bearer ${key}`);
  expect(first?.body.tools.map((tool) => tool.function.name)).toEqual(["search", "execute"]);
  expect(last?.body.messages.map(({ role }) => role)).toEqual([
    "system",
    "user",
    "assistant",
    "tool",
    "assistant",
    "tool",
  ]);
});

test("arguments that are garbage and tools that are not there are answered, and nothing is called", async () => {
  const wrong: [string, string][] = [
    ["execute", `{"code": `],
    ["execute", `{"code": 7}`],
    ["search", "null"],
    ["shell", "{}"],
  ];
  const model = await endpoint((_, response, n) => {
    const call = wrong[n - 1];
    say(response, call === undefined ? "I give up." : null, call === undefined ? [] : [call]);
  });
  const { answer, called, turns } = await converse(model.url);
  expect(called).toEqual([]);
  expect(answer).toBe("I give up.");
  expect(turns.flat().map((exchange) => exchange.answer)).toEqual([
    "The arguments are no JSON. They must be an object with code, a text.",
    "The arguments must be an object with code, a text.",
    "The arguments are no JSON. They must be an object with code, a text.",
    "There is no tool called shell. The tools are search and execute.",
  ]);
});

test("a model that calls for ever, and many at once, is ended", async () => {
  const calls = Array.from({ length: 50 }, (): [string, string] => ["execute", `{"code": "1"}`]);
  const model = await endpoint((_, response) => say(response, null, calls));
  const { answer, called, cut } = await converse(model.url);
  expect(cut).toBe("no answer after 16 replies");
  expect(answer).toBe("");
  expect(model.asked).toHaveLength(16);
  expect(called).toHaveLength(16 * 8);
});

test("429 is waited for, but not for ever", async () => {
  const busy = await endpoint((_, response, n) =>
    n < 3 ? response.writeHead(429, { "retry-after": "0" }).end("slow down") : say(response, "7"),
  );
  expect(await converse(busy.url)).toMatchObject({ answer: "7" });
  expect(busy.asked).toHaveLength(3);

  const full = await endpoint((_, response) => response.writeHead(429).end("no quota"));
  expect((await converse(full.url)).cut).toBe("The model's endpoint answered 429: no quota");
  expect(full.asked).toHaveLength(5);

  const patient = await endpoint((_, response) =>
    response.writeHead(429, { "retry-after": "3600" }).end("tomorrow"),
  );
  expect((await converse(patient.url)).cut).toContain("tomorrow");
  expect(patient.asked).toHaveLength(1);
});

test("the key goes to MODEL_URL alone, and no message repeats it", async () => {
  const other = await endpoint((_, response) => say(response, "stolen"));
  const moved = await endpoint((_, response) =>
    response.writeHead(307, { location: `${other.url}/chat/completions` }).end(),
  );
  expect((await converse(moved.url)).cut).toMatch(/^The model's endpoint did not answer: /);
  expect(other.asked).toEqual([]);

  const echo = await endpoint(({ headers }, response) =>
    response.writeHead(401).end(`bad ${headers.authorization}`),
  );
  expect((await converse(echo.url)).cut).toBe("The model's endpoint answered 401: bad Bearer [key]");
  const strange = await endpoint(({ headers }, response) => response.end(`<p>${headers.authorization}`));
  expect((await converse(strange.url)).cut).toBe(
    "The model's endpoint answered with no JSON: <p>Bearer [key]",
  );

  const { cut } = await solveWithModel(
    { url: echo.url, key: `${key}\n${key}`, name: "m" },
    { system: "", question: "", tools: [], callTool: async () => "" },
  );
  expect(cut).toMatch(/^The model's endpoint did not answer: /);
  expect(cut).not.toContain(key);
});

test("there is a model only where MODEL_URL names one", () => {
  expect(readModel({ MODEL_KEY: key, MODEL_NAME: "m" })).toBeUndefined();
  expect(readModel({ MODEL_URL: "http://127.0.0.1:9/v1", MODEL_NAME: "m" })).toEqual({
    url: "http://127.0.0.1:9/v1",
    name: "m",
  });
  expect(() => readModel({ MODEL_URL: "http://127.0.0.1:9/v1" })).toThrow("MODEL_NAME is missing");
  expect(() => readModel({ MODEL_URL: "localhost", MODEL_NAME: "m" })).toThrow("MODEL_URL is no http(s) URL");
  expect(() => readModel({ MODEL_URL: `https://u:${key}@x`, MODEL_NAME: "m" })).toThrow(/^(?!.*canary)/);
});
