import { useMemo, useState } from "preact/hooks";
import { filterRows, sortRows, type Sorting } from "./arrange-rows.ts";
import { cell, count } from "./format.ts";
import type { Table } from "./find-table.ts";

const perPage = 50;
/** Characters of one cell; the tree has the rest. */
const cellChars = 200;

export function TableView({ table }: { table: Table }) {
  const { place, columns, rows } = table;
  const [text, setText] = useState("");
  const [sorting, setSorting] = useState<Sorting>();
  const [page, setPage] = useState(0);
  const found = useMemo(() => {
    const filtered = filterRows(rows, text);
    return sorting === undefined ? filtered : sortRows(filtered, sorting);
  }, [rows, text, sorting]);
  const pages = Math.max(1, Math.ceil(found.length / perPage));
  const at = Math.min(page, pages - 1);
  const isNumeric = useMemo(
    () =>
      columns.map((_, n) =>
        rows.every((row) => row[n] == null || ["number", "bigint"].includes(typeof row[n])),
      ),
    [columns, rows],
  );
  const sort = (column: number) =>
    setSorting(
      sorting?.column !== column
        ? { column, descending: false }
        : sorting.descending
          ? undefined
          : { column, descending: true },
    );
  return (
    <>
      <div class="tools">
        <input
          type="search"
          aria-label="Filter rows"
          placeholder="Filter rows"
          value={text}
          onInput={({ currentTarget }) => {
            setText(currentTarget.value);
            setPage(0);
          }}
        />
        <p role="status" class="soft">
          {found.length === rows.length
            ? count(rows.length, "row")
            : `${found.length.toLocaleString("en")} of ${count(rows.length, "row")}`}
          {place !== "$" && ` at ${place}`}
        </p>
        {pages > 1 && (
          <div class="pager">
            <button type="button" class="small" disabled={at === 0} onClick={() => setPage(at - 1)}>
              Previous
            </button>
            <span class="soft">
              {at + 1} / {pages}
            </span>
            <button type="button" class="small" disabled={at === pages - 1} onClick={() => setPage(at + 1)}>
              Next
            </button>
          </div>
        )}
      </div>
      <div class="scroll" tabIndex={0} role="region" aria-label="Rows">
        <table>
          <thead>
            <tr>
              {columns.map((name, n) => (
                <th
                  key={name}
                  scope="col"
                  aria-sort={sortOf(sorting, n)}
                  class={isNumeric[n] ? "number" : ""}
                >
                  <button type="button" onClick={() => sort(n)}>
                    <span class="name">{name}</span>
                    <span aria-hidden="true" class="arrow">
                      {sorting?.column === n ? (sorting.descending ? "↓" : "↑") : ""}
                    </span>
                  </button>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {found.slice(at * perPage, (at + 1) * perPage).map((row, r) => (
              <tr key={r}>
                {columns.map((name, n) => (
                  <td key={name} class={isNumeric[n] ? "number" : ""}>
                    <Cell value={row[n]} />
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}

function Cell({ value }: { value: unknown }) {
  const text = cell(value);
  if (text.length <= cellChars) return <bdi class={value == null ? "soft" : ""}>{text}</bdi>;
  return <bdi>{`${text.slice(0, cellChars)}…`}</bdi>;
}

function sortOf(sorting: Sorting | undefined, column: number): "ascending" | "descending" | "none" {
  if (sorting?.column !== column) return "none";
  return sorting.descending ? "descending" : "ascending";
}
