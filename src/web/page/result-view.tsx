// A program's result: as a table where it is one, as a tree, drawn, or as its text. Never makes markup of it.

import { useMemo, useState } from "preact/hooks";
import { ChartView } from "./chart-view.tsx";
import { chartColumns } from "./chart-data.ts";
import { CopyButton } from "./copy-button.tsx";
import { findTable } from "./find-table.ts";
import { indentJson } from "./indent-json.ts";
import { parseResult } from "./parse-result.ts";
import { TableView } from "./table-view.tsx";
import { Tabs } from "./tabs.tsx";
import { TreeView } from "./tree-view.tsx";

type Shape = "table" | "chart" | "tree" | "raw";
const names: Record<Shape, string> = { table: "Table", chart: "Chart", tree: "Tree", raw: "Raw" };

/** Characters of a text shown at once; all of it can be copied. */
const shownChars = 200_000;

export function ResultView({ text, isText = false }: { text: string; isText?: boolean }) {
  const parsed = useMemo(() => (isText ? undefined : parseResult(text)), [text, isText]);
  const table = useMemo(() => parsed && findTable(parsed.value), [parsed]);
  const drawable = table && chartColumns(table);
  const isDeep = typeof parsed?.value === "object" && parsed.value !== null;
  const shapes: Shape[] = [
    ...(table === undefined ? [] : ["table" as const]),
    ...(drawable === undefined ? [] : ["chart" as const]),
    ...(isDeep ? ["tree" as const] : []),
    "raw",
  ];
  const [wanted, setWanted] = useState<Shape>();
  const shape = wanted !== undefined && shapes.includes(wanted) ? wanted : (shapes[0] ?? "raw");
  const pretty = () => (isDeep ? indentJson(text) : typeof parsed?.value === "string" ? parsed.value : text);
  return (
    <div class="result">
      <Tabs
        label="Result as"
        tabs={shapes.map((key) => ({ key, name: names[key] }))}
        chosen={shape}
        choose={setWanted}
        beside={<CopyButton text={text} label="Copy the result" />}
      >
        {shape === "table" && table !== undefined && <TableView key={text} table={table} />}
        {shape === "chart" && table !== undefined && drawable !== undefined && (
          <ChartView key={text} table={table} columns={drawable} />
        )}
        {shape === "tree" && <TreeView key={text} value={parsed?.value} />}
        {shape === "raw" && <Raw text={pretty()} />}
      </Tabs>
    </div>
  );
}

function Raw({ text }: { text: string }) {
  return (
    <>
      <pre class="code" tabIndex={0} aria-label="The result as text">
        {text.slice(0, shownChars)}
      </pre>
      {text.length > shownChars && (
        <p class="soft">
          The first {shownChars.toLocaleString("en")} of {text.length.toLocaleString("en")} characters. Copy
          has all.
        </p>
      )}
    </>
  );
}
