// One reply of a model behind an OpenAI-compatible endpoint. The key goes to that address and nowhere else, and is in no message.

import { setTimeout as sleep } from "node:timers/promises";

export interface Model {
  /** Of the API, e.g. https://api.openai.com/v1, or of its chat/completions. */
  url: string;
  key?: string;
  name: string;
}

export interface ToolCall {
  id: string;
  type: "function";
  function: { name: string; arguments: string };
}

export type Message =
  | { role: "system" | "user"; content: string }
  | { role: "assistant"; content: string | null; tool_calls?: ToolCall[] }
  | { role: "tool"; tool_call_id: string; content: string };

interface Reply {
  content: string;
  toolCalls: ToolCall[];
  /** As the endpoint counts, where it does. */
  usage: { input: number; output: number };
}

export interface ModelLimits {
  /** Milliseconds of one request. */
  requestMs: number;
  /** Of one reply, where the endpoint says 429 or 5xx. */
  attempts: number;
  /** Milliseconds before the second attempt, doubled before each further one, unless the endpoint names a time. */
  retryMs: number;
  /** The longest wait for one attempt, in milliseconds. */
  waitMs: number;
  /** Characters of one answer of the endpoint. */
  answerChars: number;
}

export const modelLimits: ModelLimits = {
  requestMs: 120_000,
  attempts: 5,
  retryMs: 1_000,
  waitMs: 30_000,
  answerChars: 4_000_000,
};

/** MODEL_URL, MODEL_NAME and MODEL_KEY; undefined without the first. */
export function readModel(env: Record<string, string | undefined>): Model | undefined {
  const { MODEL_URL: url = "", MODEL_KEY: key = "", MODEL_NAME: name = "" } = env;
  if (url === "") return undefined;
  const { protocol, username, password } = URL.parse(url) ?? {};
  if (protocol !== "https:" && protocol !== "http:") throw new Error("MODEL_URL is no http(s) URL.");
  // A URL with a password in it would be printed with it.
  if (username !== "" || password !== "")
    throw new Error("MODEL_URL holds a user; the key belongs in MODEL_KEY.");
  if (name === "") throw new Error("MODEL_NAME is missing: the model's name, as its endpoint calls it.");
  return { url, name, ...(key.trim() !== "" && { key: key.trim() }) };
}

export async function complete(
  model: Model,
  asked: { messages: readonly Message[]; tools: readonly object[] },
  limits: ModelLimits = modelLimits,
): Promise<Reply> {
  const body = JSON.stringify({ model: model.name, messages: asked.messages, tools: asked.tools });
  for (let attempt = 1; ; attempt += 1) {
    const response = await post(model, body, limits);
    const text = await boundedText(response, limits.answerChars, model);
    if (response.ok) return readReply(text, model);
    const again = (response.status === 429 || response.status >= 500) && attempt < limits.attempts;
    const wait = waitOf(response, limits, attempt);
    if (!again || wait > limits.waitMs)
      throw new Error(
        `The model's endpoint answered ${response.status}: ${without(model, text).slice(0, 300)}`,
      );
    await sleep(wait);
  }
}

async function post(model: Model, body: string, limits: ModelLimits): Promise<Response> {
  const base = model.url.replace(/\/+$/, "");
  const url = base.endsWith("/chat/completions") ? base : `${base}/chat/completions`;
  const authorization = model.key === undefined ? {} : { authorization: `Bearer ${model.key}` };
  const answered = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json", ...authorization },
    body,
    // Whatever it points to is not the address that was given the key.
    redirect: "error",
    signal: AbortSignal.timeout(limits.requestMs),
  }).catch(({ message, cause }: Error) => (cause instanceof Error ? cause.message : message));
  // Not as a cause: an error about a header holds the header.
  if (typeof answered === "string")
    throw new Error(`The model's endpoint did not answer: ${without(model, answered)}`);
  return answered;
}

function waitOf(response: Response, limits: ModelLimits, attempt: number): number {
  const seconds = Number(response.headers.get("retry-after") ?? Number.NaN);
  return Number.isFinite(seconds) && seconds >= 0 ? seconds * 1_000 : limits.retryMs * 2 ** (attempt - 1);
}

async function boundedText(response: Response, most: number, model: Model): Promise<string> {
  let text = "";
  const decoder = new TextDecoder();
  for await (const chunk of response.body ?? []) {
    text += decoder.decode(chunk as Uint8Array, { stream: true });
    if (text.length > most) throw new Error(`The answer of ${model.name} is longer than ${most} characters.`);
  }
  return text;
}

interface Completion {
  choices?: { message?: { content?: unknown; tool_calls?: unknown } }[];
  usage?: { prompt_tokens?: unknown; completion_tokens?: unknown };
}

function readReply(text: string, model: Model): Reply {
  let parsed: Completion;
  try {
    parsed = JSON.parse(text) as Completion;
  } catch {
    throw new Error(`The model's endpoint answered with no JSON: ${without(model, text).slice(0, 200)}`);
  }
  const message = parsed.choices?.[0]?.message;
  if (message === undefined)
    throw new Error(`The model's endpoint answered without a message: ${without(model, text).slice(0, 200)}`);
  const { content, tool_calls } = message;
  const calls = Array.isArray(tool_calls) ? (tool_calls as Partial<ToolCall>[]) : [];
  return {
    content: typeof content === "string" ? content : "",
    toolCalls: calls.map(({ id, function: named }, n) => ({
      id: String(id ?? n),
      type: "function",
      function: { name: String(named?.name), arguments: String(named?.arguments ?? "") },
    })),
    usage: {
      input: Number(parsed.usage?.prompt_tokens ?? 0),
      output: Number(parsed.usage?.completion_tokens ?? 0),
    },
  };
}

function without({ key }: Model, text: string): string {
  return key === undefined ? text : text.replaceAll(key, "[key]");
}
