// The uniform array in a value, as columns and rows. Pure.

export type Table = {
  /** Where it is in the value: `$` for the value itself. */
  place: string;
  columns: string[];
  rows: unknown[][];
};

const mostColumns = 60;
const deepest = 5;
/** Cells that are filled, of all: below this it is a list of different things. */
const uniform = 0.5;

/** The value itself where that is one, otherwise the longest one inside. */
export function findTable(value: unknown): Table | undefined {
  const own = tableOf(value, "$");
  if (own !== undefined) return own;
  let best: Table | undefined;
  const visit = (inner: unknown, place: string, depth: number, parent?: object) => {
    const table = tableOf(inner, place, parent);
    if (table !== undefined) {
      if (table.rows.length > (best?.rows.length ?? 1)) best = table;
      return;
    }
    if (depth === deepest || typeof inner !== "object" || inner === null) return;
    for (const [key, each] of Object.entries(inner).slice(0, 200))
      visit(each, place + (Array.isArray(inner) ? `[${key}]` : `.${key}`), depth + 1, inner);
  };
  visit(value, "$", 0);
  return best;
}

function tableOf(value: unknown, place: string, parent?: object): Table | undefined {
  if (!Array.isArray(value) || value.length === 0) return undefined;
  if (value.every((item) => Array.isArray(item))) return listsOf(value as unknown[][], place, parent);
  const records = value.filter(
    (item): item is Record<string, unknown> =>
      typeof item === "object" && item !== null && !Array.isArray(item),
  );
  // The last item of what was shrunk is a text that says so.
  if (records.length === 0 || records.length < value.length - 1) return undefined;
  const filled = new Map<string, number>();
  for (const record of records)
    for (const key of Object.keys(record)) filled.set(key, (filled.get(key) ?? 0) + 1);
  const total = [...filled.values()].reduce((sum, each) => sum + each, 0);
  if (total === 0 || total / (filled.size * records.length) < uniform) return undefined;
  const columns = [...filled.keys()].slice(0, mostColumns);
  const rows = records.map((record) =>
    columns.map((name) => (Object.hasOwn(record, name) ? record[name] : undefined)),
  );
  return { place, columns, rows };
}

/** Lists of one length; a list of that many names beside them, as SQL answers have, names the columns. */
function listsOf(lists: unknown[][], place: string, parent?: object): Table | undefined {
  const width = lists[0]?.length ?? 0;
  if (width === 0 || width > mostColumns || lists.some(({ length }) => length !== width)) return undefined;
  const named = Object.values(parent ?? {}).find(
    (each): each is string[] =>
      Array.isArray(each) && each.length === width && each.every((name) => typeof name === "string"),
  );
  return { place, columns: named ?? Array.from({ length: width }, (_, n) => String(n)), rows: lists };
}
