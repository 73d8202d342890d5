// What a conversation costs a model's context: counted once, and as the input of each reply that reads it again.

/** One tool call as a client puts it before a model: what the model wrote, and what came back. */
export interface Exchange {
  call: string;
  answer: string;
}

export interface Measured {
  /** Replies of the model: one for each turn with calls, and the last one, which answers the person. */
  replies: number;
  calls: number;
  /** Of all that enters: tool definitions, question, calls and answers, each once. */
  bytes: number;
  tokens: number;
  /** Of that, what the model writes. Its last reply is the same either way and is not counted. */
  written: number;
  /** Each reply reads all before it: their sum. What a provider bills as input where nothing is cached. */
  read: number;
}

type Count = (text: string) => number;

/** `opening` is there before the first reply; `turns` are the replies with the calls of each. */
export function measure(
  opening: readonly string[],
  turns: readonly (readonly Exchange[])[],
  count: Count,
): Measured {
  const size = (texts: readonly string[]) => ({
    bytes: texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0),
    tokens: texts.reduce((sum, text) => sum + count(text), 0),
  });
  const { bytes, tokens } = size(opening);
  const measured: Measured = { replies: 1, calls: 0, bytes, tokens, written: 0, read: tokens };
  for (const turn of turns) {
    const calls = size(turn.map(({ call }) => call));
    const answers = size(turn.map(({ answer }) => answer));
    measured.replies += 1;
    measured.calls += turn.length;
    measured.bytes += calls.bytes + answers.bytes;
    measured.tokens += calls.tokens + answers.tokens;
    measured.written += calls.tokens;
    // The next reply reads all of it.
    measured.read += measured.tokens;
  }
  return measured;
}

/** The same calls by a model that sends one a reply. */
export function oneAtATime(turns: readonly (readonly Exchange[])[]): Exchange[][] {
  return turns.flat().map((exchange) => [exchange]);
}

/** A tool call as it stands in a conversation. */
export function callText(name: string, args: unknown): string {
  return JSON.stringify({ name, arguments: args });
}
