// Bodies of a run's calls as its journal may hold them: cleared of secrets and secret fields, then cut, bytes by their digest.
// Never passes on a text in which fields that nobody may see could not be told apart.

import type { Limits } from "../limits.ts";
import type { SpecDocument } from "../spec/document.ts";
import type { Effect } from "../spec/effect.ts";
import type { OperationDetails } from "../spec/operation-details.ts";
import { essence, isJson, isJsonLines, isMultipart, isUrlencoded } from "./content-type.ts";
import type { Answer } from "./decode-answer.ts";
import { decodeText, isText } from "./decode-answer.ts";
import { clearForm } from "./clear-form.ts";
import { hex } from "./hex.ts";
import type { Redactor } from "./redact.ts";
import { answerSchema, mayHoldSecrets, mayHoldSecretsAt, redactFields } from "./redact-fields.ts";

/** Which calls have their bodies recorded. */
export type RecordedCalls = "none" | "writes" | "all";

/** `cut` characters are missing at the end of `text`. Without a text: `bytes` are none, and of a `text` no more may be kept. */
export type RecordedBody = { type: string; bytes: number } & (
  | { text: string; cut: number }
  | { sha256: string; why: "bytes" | "fields" | "large" }
);

type Sent = { bytes: Uint8Array; type: string; details: OperationDetails };
type Answered = { answer: Answer; bytes: number; type: string; details: OperationDetails };

export class BodyRecorder {
  readonly #calls: RecordedCalls;
  readonly #redactor: Redactor;
  readonly #names: readonly string[];
  readonly #document: SpecDocument;
  readonly #limits: Limits;
  /** Characters the run may still leave. */
  #left: number;

  constructor(
    calls: RecordedCalls,
    world: { redactor: Redactor; redact: readonly string[]; document: SpecDocument; limits: Limits },
  ) {
    this.#calls = calls;
    this.#redactor = world.redactor;
    this.#names = world.redact;
    this.#document = world.document;
    this.#limits = world.limits;
    this.#left = world.limits.journalBodiesChars;
  }

  records(effect: Effect): boolean {
    return this.#calls === "all" || (this.#calls === "writes" && effect !== "read");
  }

  async sent({ bytes, type, details }: Sent): Promise<RecordedBody> {
    if (bytes.length > this.#limits.journalBodyBytes) return this.#digest(bytes, type, "large");
    const isBytes = isMultipart(type) || !(isJson(type) || isJsonLines(type) || isText(type));
    const text = isBytes ? undefined : decodeText(bytes, type);
    if (text === undefined) return this.#digest(bytes, type, "bytes");
    const media = details.requestBody?.content;
    const schema = (media?.find((one) => essence(one.type) === essence(type)) ?? media?.[0])?.schema;
    const cleared = this.#clear(text, type, schema);
    return cleared === undefined
      ? this.#digest(bytes, type, "fields")
      : this.#text(cleared, bytes.length, type);
  }

  /** @param answered as the program gets it: what is secret by schema or policy is out of its JSON */
  async answered({
    answer: { data, status },
    bytes,
    type,
    details,
  }: Answered): Promise<RecordedBody | undefined> {
    if ("bytes" in data) return this.#digest(Uint8Array.fromBase64(data.bytes), type, "bytes");
    if (typeof data.json !== "string") {
      const text = written(data.json);
      return text === undefined ? undefined : this.#text(text, bytes, type);
    }
    const schema = answerSchema(details, status, type, (value) => this.#document.resolve(value));
    // A text of a JSON type may be JSON that is broken.
    const cleared = this.#clear(data.json, isJson(type) ? "text/plain" : type, schema);
    return cleared === undefined
      ? this.#digest(new TextEncoder().encode(data.json), type, "fields")
      : this.#text(cleared, bytes, type);
  }

  /** Undefined when there may be secret fields in it and no telling where. */
  #clear(text: string, type: string, schema: unknown): string | undefined {
    const resolve = (value: unknown) => this.#document.resolve(value);
    const fields = (value: unknown) => redactFields(value, schema, this.#names, resolve);
    // Written anew: of two fields of one name only the last is read, and both would stand in the text.
    const json = (part: string) => JSON.stringify(fields(this.#redactor.parse(part)));
    const mayBeSecret = mayHoldSecrets(schema, resolve);
    try {
      if (isJson(type)) return json(text);
      // The schema is of all lines, or of one: documents differ.
      if (isJsonLines(type) && !mayBeSecret) return linesOf(text).map(json).join("\n");
    } catch {
      // Announced as JSON, and none.
    }
    if (isUrlencoded(type)) {
      const mayHold = (path: readonly string[]) => mayHoldSecretsAt(schema, path, resolve);
      return this.#redactor.text(clearForm(text, { clear: fields, mayHold, names: this.#names }));
    }
    return this.#names.length > 0 || mayBeSecret ? undefined : this.#redactor.text(text);
  }

  #text(text: string, bytes: number, type: string): RecordedBody {
    let end = Math.min(text.length, this.#limits.journalBodyChars, this.#left);
    // Half of a character is none.
    if (end < text.length && /[\uD800-\uDBFF]/.test(text[end - 1] ?? "")) end -= 1;
    this.#left -= end;
    return { type: this.#type(type), bytes, text: text.slice(0, end), cut: text.length - end };
  }

  async #digest(bytes: Uint8Array, type: string, why: "bytes" | "fields" | "large"): Promise<RecordedBody> {
    const digest = await crypto.subtle.digest("SHA-256", bytes as Uint8Array<ArrayBuffer>);
    return { type: this.#type(type), bytes: bytes.length, sha256: hex(new Uint8Array(digest)), why };
  }

  #type(type: string): string {
    return this.#redactor.text(type).slice(0, typeChars);
  }
}

/** Undefined for what nests too deeply to be written; the program then gets nothing of it either. */
function written(json: unknown): string | undefined {
  try {
    return JSON.stringify(json);
  } catch {
    return undefined;
  }
}

/** Of NDJSON, and of JSON text sequences with their mark before each. */
function linesOf(text: string): string[] {
  return text
    .split("\n")
    .map((line) => (line.startsWith("\u001e") ? line.slice(1) : line))
    .filter((line) => line.trim() !== "");
}

/** Characters of a content type: a multipart boundary is the longest there is in earnest. */
const typeChars = 150;
