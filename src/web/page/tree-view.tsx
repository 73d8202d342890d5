// A value as nested lists that open one level at a time: what nobody opened costs nothing.

import { useState } from "preact/hooks";
import { cell, count } from "./format.ts";

const atOnce = 100;

export function TreeView({ value }: { value: unknown }) {
  return (
    <ul class="tree">
      <Branch name="" value={value} open />
    </ul>
  );
}

function Branch({ name, value, open }: { name: string; value: unknown; open: boolean }) {
  const [isOpen, setOpen] = useState(open);
  const [shown, setShown] = useState(atOnce);
  const label = name === "" ? "" : `${name}: `;
  if (typeof value !== "object" || value === null)
    return (
      <li>
        <span class="key">{label}</span>
        <span class={`value ${value === null ? "null" : typeof value}`}>{leaf(value)}</span>
      </li>
    );
  const entries = Object.entries(value);
  const size = Array.isArray(value)
    ? `[${count(entries.length, "item")}]`
    : `{${count(entries.length, "key")}}`;
  if (entries.length === 0)
    return (
      <li>
        <span class="key">{label}</span>
        <span class="soft">{Array.isArray(value) ? "[]" : "{}"}</span>
      </li>
    );
  return (
    <li>
      <button type="button" class="fold" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
        <span class="key">{label}</span>
        <span class="soft">{size}</span>
        {!isOpen && <span class="soft glance"> {glance(value)}</span>}
      </button>
      {isOpen && (
        <ul>
          {entries.slice(0, shown).map(([key, each], n) => (
            <Branch key={key} name={key} value={each} open={n === 0 && entries.length < 4 && name === ""} />
          ))}
          {entries.length > shown && (
            <li>
              <button type="button" class="small" onClick={() => setShown(shown + atOnce)}>
                {`${(entries.length - shown).toLocaleString("en")} more`}
              </button>
            </li>
          )}
        </ul>
      )}
    </li>
  );
}

const leaf = (value: unknown) => (typeof value === "string" ? JSON.stringify(value) : cell(value));

/** The first simple values, to tell one closed item from another. */
function glance(value: object): string {
  const simple = Object.values(value).filter((each) => typeof each !== "object" || each === null);
  return simple.slice(0, 3).map(cell).join(" · ").slice(0, 80);
}
