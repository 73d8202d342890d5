// Lists of which a run read one page and no further, though the answer said that there is more. Never asks the API itself.

import type { Operation } from "../spec/operations.ts";
import type { Page, PageQuestion } from "./read-page.ts";
import { asks, plainName } from "./paging-names.ts";

/** Lists named in an answer: each is a line of its own. */
const mostLines = 3;

type List = { operation: Operation; positions: Set<string>; more: Page | undefined };

export class UnreadPages {
  readonly #lists = new Map<string, List>();

  /** One call of a list and what its answer said; not told of calls that api.paginate made. */
  note(operation: Operation, params: Record<string, unknown>, question: PageQuestion, page: Page): void {
    if (page.at === undefined) return;
    const { list, position } = split(question);
    const key = JSON.stringify([operation.number, params, list]);
    const known = this.#lists.get(key) ?? { operation, positions: new Set<string>(), more: undefined };
    known.positions.add(position);
    if (page.more === true) known.more = page;
    this.#lists.set(key, known);
  }

  /** One line for each operation of which a rest was left unread. */
  lines(): string[] {
    const unread = [...this.#lists.values()].filter(
      ({ positions, more }) => positions.size === 1 && more !== undefined,
    );
    const grouped = [...Map.groupBy(unread, ({ operation }) => operation)];
    const lines = grouped.slice(0, mostLines).map(([operation, lists]) => lineFor(operation, lists));
    const others = grouped.length - lines.length;
    return others > 0 ? [...lines, `${others} more lists were read no further than one page.`] : lines;
  }
}

function lineFor({ method, path }: Operation, lists: List[]): string {
  const [first] = lists;
  const said = first?.more?.part === undefined ? "one page of more" : first.more.part;
  const what = lists.length === 1 ? said : `one page of more to ${lists.length} calls`;
  const call = `{method: ${JSON.stringify(method)}, path: ${JSON.stringify(path)}${path.includes("{") ? ", params" : ""}}`;
  const readOn = first?.more?.next === undefined ? "" : `: for await (const item of api.paginate(${call})) …`;
  return `${method} ${path} answered ${what}, and the rest was not read${readOn}`;
}

const positionNames = new Set([...asks.page, ...asks.offset, ...asks.cursor, ...asks.lastId]);

/** What of a call says which list, and what says which part of it; by name alone, since a link's names are in no document. */
function split({ query, body }: PageQuestion): { list: unknown; position: string } {
  const parts = [[...query], Object.entries(body)].map((entries) => {
    const given = entries.filter(([, value]) => value !== undefined).toSorted(([a], [b]) => (a < b ? -1 : 1));
    const isPosition = ([name]: [string, unknown]) => positionNames.has(plainName(name));
    return { at: given.filter(isPosition), rest: given.filter((entry) => !isPosition(entry)) };
  });
  return { list: parts.map(({ rest }) => rest), position: JSON.stringify(parts.map(({ at }) => at)) };
}
