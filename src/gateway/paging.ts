// The pages of one run's lists: what api.paginate is told of each answer, and what was left unread. Never makes a call.

import type { Credential } from "../auth/credential.ts";
import type { SpecDocument } from "../spec/document.ts";
import { isRecord } from "../spec/document.ts";
import type { OperationDetails } from "../spec/operation-details.ts";
import type { ApiCall } from "./call.ts";
import type { Answer } from "./decode-answer.ts";
import type { MatchedCall } from "./match-operation.ts";
import { pagingInputs } from "./paging-inputs.ts";
import type { PagingInput } from "./paging-inputs.ts";
import { readPage } from "./read-page.ts";
import type { Page } from "./read-page.ts";
import { UnreadPages } from "./unread-pages.ts";

export class Paging {
  readonly #document: SpecDocument;
  readonly #credential: Credential;
  readonly #inputs = new WeakMap<OperationDetails, PagingInput[]>();
  readonly #unread = new UnreadPages();

  constructor(document: SpecDocument, credential: Credential) {
    this.#document = document;
    this.#credential = credential;
  }

  /** @returns what api.paginate needs to go on; undefined for any other call, of which only is kept whether it read on */
  read(call: ApiCall, matched: MatchedCall, details: OperationDetails, answer: Answer): Page | undefined {
    const { operation, params } = matched;
    if (!answer.ok || !("json" in answer.data) || (call.pages === undefined && operation.effect !== "read"))
      return undefined;
    const { json } = answer.data;
    // Most answers are no lists; a list in an object is looked for by name.
    if (call.pages === undefined && (typeof json !== "object" || json === null)) return undefined;
    const { headers } = answer;
    const question = {
      path: operation.path,
      inputs: this.#inputsOf(details),
      query: new Map(matched.query),
      body: call.body !== undefined && "json" in call.body && isRecord(call.body.json) ? call.body.json : {},
      ...(this.#credential.kind === "query" && { credential: this.#credential.name }),
      ...(call.pages?.items !== undefined && { items: call.pages.items }),
    };
    const page = readPage(question, headers, json);
    if (call.pages !== undefined) return page;
    this.#unread.note(operation, params, question, page);
    return undefined;
  }

  unread(): string[] {
    return this.#unread.lines();
  }

  #inputsOf(details: OperationDetails): PagingInput[] {
    let inputs = this.#inputs.get(details);
    if (inputs === undefined) {
      inputs = pagingInputs(details, this.#document);
      this.#inputs.set(details, inputs);
    }
    return inputs;
  }
}
