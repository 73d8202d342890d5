// `api.paginate`: the items of a list, page after page, by values that the host reads from each answer.
// Never follows an address: what comes next is the same operation with other query or body values.

// Taken before the program runs: it may patch JSON.
const stringify = JSON.stringify;

/** Empty pages in a row, each with a way on, after which an API is taken to go round in circles. Filters make some. */
const mostEmpty = 20;

/**
 * @typedef {{at?: string[], candidates?: string[], next?: {in: "query" | "body", values: object}, more?: boolean, unsure?: true}} Page
 * what the host read from an answer (src/gateway/read-page.ts)
 * @param {{exchange(call: object, more: {pages: object}): Promise<{answer: object, page: Page, name: string}>, unsuccessful: Function, ApiError: Function}} parts
 */
export function createPaginate({ exchange, unsuccessful, ApiError }) {
  const refusal = (kind, message) => new ApiError({ kind, message });

  function readOptions(given, options) {
    if (!isRecord(given))
      throw refusal(
        "call",
        `api.paginate takes a call as api.request does: api.paginate({method: "GET", path: "/…"}, {max: 100}).`,
      );
    const { max, items, throw: _, ...call } = { ...given, ...(isRecord(options) ? options : {}) };
    checkMax(max);
    if (items !== undefined && typeof items !== "string")
      throw refusal(
        "call",
        `items says where the list is in an answer's data: a text such as "result.items".`,
      );
    return { call, max: max ?? Infinity, items };
  }

  function checkMax(max) {
    if (max !== undefined && max !== Infinity && !(Number.isInteger(max) && max > 0))
      throw refusal("call", `max is ${shown(max)}. Give the most items to read, a whole number above 0.`);
  }

  async function* walk({ call: first, max, items: path }) {
    const read = [];
    const asked = new Set();
    let call = first;
    let previous;
    let empty = 0;
    let guessed = false;
    let unsure = false;
    const fail = (name, message) =>
      Object.assign(
        refusal("page", `${name} ${message} ${read.length} items were read before; error.items has them.`),
        { items: read, operation: name },
      );
    for (;;) {
      const { answer, page, name } = await exchange(call, { pages: { items: path } }).catch((error) => {
        throw Object.assign(error, { items: read });
      });
      // A page that nobody said was there: where some APIs answer with an empty list, others answer this.
      if (guessed && answer.status === 404) return;
      if (!answer.ok) throw withItems(unsuccessful(name, answer), read);
      if (page?.at === undefined) throw fail(name, noList(page?.candidates ?? [], path));
      const items = valueAt(answer.data, page.at) ?? [];
      const text = stringify(items);
      const again = items.length > 0 && text === previous && (unsure || isRecord(items[0]));
      if (again && !unsure) {
        if (guessed) return;
        throw fail(name, "answered the same page again, and says that there is more.");
      }
      if (!again) {
        for (const item of items) {
          read.push(item);
          yield item;
          if (read.length >= max) return;
        }
      }
      previous = text;
      empty = items.length === 0 ? empty + 1 : 0;
      if (page.next === undefined) {
        if (page.more !== true) return;
        throw fail(
          name,
          "says that there is more, but neither the document nor the answer tells how to ask for it: read on with api.request and the parameter the API documents.",
        );
      }
      const { values } = page.next;
      const key = stringify(values);
      if (asked.has(key) || isSame(call, page.next)) {
        if (items.length === 0) return;
        throw fail(name, `leads to a page it has led to before (${shown(values)}), round in a circle.`);
      }
      if (empty >= mostEmpty)
        throw fail(name, `answered ${empty} empty pages in a row, and says each time that there is more.`);
      asked.add(key);
      guessed = page.more !== true;
      unsure = page.unsure === true;
      call = nextCall(call, page.next);
    }
  }

  return function paginate(given, options) {
    const iterator = walk(readOptions(given, options));
    return Object.defineProperties(
      {
        next: () => iterator.next(),
        return: (value) => iterator.return(value),
        [Symbol.asyncIterator]: () => iterator,
        /** @returns {Promise<unknown[]>} all items, or the first `max` of them */
        async all({ max = Infinity } = {}) {
          checkMax(max);
          const items = [];
          for await (const item of iterator) {
            items.push(item);
            if (items.length >= max) break;
          }
          return items;
        },
      },
      {
        ...misread(refusal),
        toJSON: { value: () => "[pages of a list: write await api.paginate({…}).all()]" },
      },
    );
  };
}

/** What is only on an array or an answer, read off the iterator. */
function misread(refusal) {
  const names =
    "length map filter forEach reduce find some every slice sort flatMap concat at data items status ok body";
  const entries = names.split(" ").map((name) => [
    name,
    {
      get() {
        throw refusal(
          "call",
          `api.paginate answers an async iterator, which has no .${name}. Write const items = await api.paginate({…}).all(), or for await (const item of api.paginate({…})).`,
        );
      },
    },
  ]);
  return Object.fromEntries(entries);
}

function noList(candidates, path) {
  const said = path === undefined ? "answered no list that could be told" : `has no list at ${shown(path)}`;
  if (candidates.length === 0)
    return `${said}: its data holds no array. Use api.request, or say where the list is: api.paginate({…}, {items: "path.to.array"}).`;
  return `${said}. Say which array it is: api.paginate({…}, {items: ${shown(candidates[0])}}); there are ${candidates.map(shown).join(", ")}.`;
}

function withItems(error, items) {
  error.message += ` ${items.length} items were read before; error.items has them.`;
  return Object.assign(error, { items });
}

function nextCall(call, { in: place, values }) {
  // Page one was checked against the document; the names a link brings are often in none.
  const next = { ...call, validate: false };
  if (place === "body") return { ...next, body: { ...(isRecord(call.body) ? call.body : {}), ...values } };
  return { ...next, path: withoutQuery(call.path, values), query: { ...plainQuery(call.query), ...values } };
}

/** A position written into the path itself gives way to the next. */
function withoutQuery(path, values) {
  const mark = typeof path === "string" ? path.indexOf("?") : -1;
  if (mark === -1) return path;
  const pairs = path.slice(mark + 1).split("&");
  const kept = pairs.filter((pair) => ![...new URLSearchParams(pair).keys()].some((name) => name in values));
  if (kept.length === pairs.length) return path;
  return kept.length === 0 ? path.slice(0, mark) : `${path.slice(0, mark)}?${kept.join("&")}`;
}

function plainQuery(query) {
  return query instanceof URLSearchParams || query instanceof Map ? Object.fromEntries(query) : query;
}

function isSame(call, { in: place, values }) {
  const given = (place === "body" ? call.body : plainQuery(call.query)) ?? {};
  return Object.entries(values).every(([name, value]) => stringify(given[name]) === stringify(value));
}

function valueAt(data, keys) {
  return keys.reduce((value, key) => value?.[key], data);
}

function isRecord(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function shown(value) {
  return String(stringify(value)).slice(0, 120);
}
