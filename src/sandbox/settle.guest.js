// The value of a program, when it is still on its way: a function nobody called, promises in a list, a generator, a Response.
// Never waits for what stands deeper than one level.

/** Items taken from a generator: it may have no end. */
const most = 10_000;

/** @param {unknown} value @param {object} globals what the program was given @returns {Promise<unknown>} */
export async function settle(value, globals) {
  if (typeof value === "function" && isProgram(value, globals)) return settle(await value(globals), globals);
  if (typeof value !== "object" || value === null) return value;
  if (value instanceof Response) return bodyOf(value);
  if ("next" in value && (value[Symbol.iterator] ?? value[Symbol.asyncIterator]) !== undefined)
    return collect(value);
  if (Array.isArray(value)) return value.slice(0, most).some(isPromise) ? Promise.all(value) : value;
  if (
    Object.getPrototypeOf(value) !== Object.prototype ||
    !Object.keys(value).some((name) => isPromise(field(value, name)))
  )
    return value;
  const entries = Object.entries(value).map(async ([name, each]) => [name, await each]);
  return Object.fromEntries(await Promise.all(entries));
}

/** `main` alone names the function that was meant to run; a class is none, nor is what the program was given. */
function isProgram(value, { find, describe, api, results, console }) {
  if (/^class\b/.test(Function.prototype.toString.call(value))) return false;
  return ![find, describe, api?.request, results?.get, ...Object.values(console)].includes(value);
}

/** A field as it stands: reading an accessor could throw, or read a part of the document nobody asked for. */
function field(object, name) {
  return Object.getOwnPropertyDescriptor(object, name)?.value;
}

function isPromise(value) {
  return value instanceof Promise;
}

async function collect(items) {
  const list = [];
  for await (const item of items) {
    if (list.push(item) >= most) break;
  }
  return list;
}

async function bodyOf(response) {
  const text = await response.text();
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
