import { useState } from "preact/hooks";
import { useShared } from "./context.ts";
import { count } from "./format.ts";
import { lookUp } from "./operations-index.ts";
import { OperationDetail } from "./operation-detail.tsx";
import { findProgram, nameOf, operationsOf, rowsAtOnce, tagsProgram } from "./programs.ts";
import type { OperationRow, Tags } from "./programs.ts";
import { operationHref } from "./route.ts";
import { useAsked, useSettled } from "./use-asked.ts";

/** Milliseconds without a key before a search is sent: each is a run. */
const settleMs = 250;

export function OperationsView({ chosen }: { chosen?: string }) {
  const { send } = useShared();
  const [text, setText] = useState("");
  const wanted = useSettled(text.trim(), settleMs);
  const { value: tags, error } = useAsked("tags", () => lookUp<Tags>(send, tagsProgram));
  return (
    <div class={chosen === undefined ? "split" : "split chosen"}>
      <section aria-labelledby="operations-heading" class="side">
        <h1 id="operations-heading">
          Operations
          {tags !== undefined && (
            <span class="soft">
              {" "}
              {tags.total.toLocaleString("en")} · version {tags.version}
            </span>
          )}
        </h1>
        <input
          type="search"
          aria-label="Find operations"
          placeholder="Find, in words of your own"
          value={text}
          onInput={({ currentTarget }) => setText(currentTarget.value)}
        />
        {error !== undefined && (
          <p class="error" role="alert">
            {error}
          </p>
        )}
        {wanted === "" ? (
          <ul class="tags">
            {tags?.tags.map(([tag, size], n) => (
              <Tag key={tag} tag={tag} size={size} open={n === 0 || tags.tags.length < 4} chosen={chosen} />
            ))}
          </ul>
        ) : (
          <Found text={wanted} chosen={chosen} />
        )}
      </section>
      <section class="detail" aria-label="One operation">
        {chosen === undefined ? (
          <p class="soft empty">Choose an operation to see its parameters, body and answer.</p>
        ) : (
          <OperationDetail key={chosen} name={chosen} />
        )}
      </section>
    </div>
  );
}

type Chosen = { chosen: string | undefined };

function Found({ text, chosen }: { text: string } & Chosen) {
  const { send } = useShared();
  const { value, error } = useAsked(text, () => lookUp<OperationRow[]>(send, findProgram(text)));
  return (
    <>
      <p role="status" class="soft">
        {error ?? (value === undefined ? "Looking…" : `${count(value.length, "operation")}, best first`)}
      </p>
      <Rows rows={value ?? []} chosen={chosen} />
    </>
  );
}

function Tag({ tag, size, open, chosen }: { tag: string; size: number; open: boolean } & Chosen) {
  const { send } = useShared();
  const [isOpen, setOpen] = useState(open);
  const [pages, setPages] = useState(1);
  const { value, error } = useAsked(`${tag}/${isOpen ? pages : 0}`, async () => {
    const from = Array.from({ length: isOpen ? pages : 0 }, (_, n) => n * rowsAtOnce);
    return (
      await Promise.all(from.map((each) => lookUp<OperationRow[]>(send, operationsOf(tag, each))))
    ).flat();
  });
  return (
    <li>
      <button type="button" class="fold" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
        <span class="name">{tag === "" ? "No tag" : tag}</span>{" "}
        <span class="soft">{size.toLocaleString("en")}</span>
      </button>
      {isOpen && error !== undefined && <p class="error">{error}</p>}
      {isOpen && <Rows rows={value ?? []} chosen={chosen} />}
      {isOpen && value !== undefined && value.length < size && (
        <button type="button" class="small" onClick={() => setPages(pages + 1)}>
          More of {tag}
        </button>
      )}
    </li>
  );
}

function Rows({ rows, chosen }: { rows: readonly OperationRow[] } & Chosen) {
  return (
    <ul class="operations">
      {rows.map((row) => {
        const [method, path, , summary, deprecated] = row;
        const name = nameOf(row);
        return (
          <li key={`${method} ${path}`}>
            <a href={operationHref(name)} aria-current={name === chosen ? "true" : undefined}>
              <span class={`method ${method.toLowerCase()}`}>{method}</span>
              <span class="path">{path}</span>
              <span class="soft summary">
                {summary}
                {deprecated && " (deprecated)"}
              </span>
            </a>
          </li>
        );
      })}
    </ul>
  );
}
