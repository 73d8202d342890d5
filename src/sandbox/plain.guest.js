// Any JavaScript value → plain data JSON can carry, by one rule for each kind. Never throws, and never walks further
// than its bounds: a result can be endless, cyclic or booby-trapped.
//
// undefined in an object is left out, in an array null · NaN, ±Infinity and BigInt become strings ("NaN", "12n") ·
// Date → ISO text · Map → object, or pairs when a key is no string · Set → array · Error → {name, message, …} ·
// bytes → {type, size}, wider typed arrays → array · function, symbol, promise → a text in brackets · RegExp, URL → their text ·
// Headers, URLSearchParams, FormData → pairs as an object · iterator → array · class instances → their own fields ·
// a cycle → {"$ref": pointer}

/** Levels below the value itself; deeper data is hardly ever what was meant. */
const deepest = 60;
/** Values visited; what shares one object in a million places prints it a million times. */
const most = 200_000;
/** The same for a value that is kept: as many as its eight million characters are likely to hold. */
export const mostKept = 1_000_000;

/**
 * @param {unknown} value
 * @param {WeakMap<object, string>} pointers where objects of the API's document stand in it
 * @param {{items: number, chars: number, depth: number, keys: number, values?: number}} [bounds] of each array, string, nesting and object, and of all
 * @returns {{data: unknown, left: {items: number, chars: number, parts: number}}} the data, and what was left out of it
 */
export function toPlain(
  value,
  pointers,
  bounds = { items: Infinity, chars: Infinity, depth: deepest, keys: Infinity },
) {
  const atMost = bounds.values ?? most;
  const stack = [];
  const keys = [];
  const left = { items: 0, chars: 0, parts: 0 };
  let visited = 0;

  function convert(current, key) {
    visited += 1;
    switch (typeof current) {
      case "string":
        if (current.length <= bounds.chars) return current;
        left.chars += current.length - bounds.chars;
        return `${current.slice(0, bounds.chars)}… (${current.length - bounds.chars} more characters)`;
      case "number":
        return Number.isFinite(current) ? current : String(current);
      case "bigint":
        return `${current}n`;
      case "function":
        return `[${kindOf(current)}${current.name === "" ? "" : ` ${current.name}`}]`;
      case "symbol":
        return `[${String(current)}]`;
      case "object":
        return current === null ? null : convertObject(current, key);
      default:
        return current;
    }
  }

  function convertObject(object, key) {
    const seen = stack.indexOf(object);
    if (seen !== -1) return { $ref: pointerOf(seen) };
    if (visited > atMost || stack.length > Math.min(bounds.depth, deepest)) {
      left.parts += 1;
      return Array.isArray(object)
        ? `[array of ${object.length}]`
        : `[object: ${Object.keys(object).slice(0, 8).join(", ")}]`;
    }
    stack.push(object);
    keys.push(key);
    try {
      return describe(object);
    } catch (error) {
      return `[unreadable: ${error instanceof Error ? error.message : String(error)}]`;
    } finally {
      stack.pop();
      keys.pop();
    }
  }

  function describe(object) {
    if (Array.isArray(object)) return list(object, object.length);
    if (isNumbers(object)) return list(object, object.length);
    if (ArrayBuffer.isView(object) || object instanceof ArrayBuffer)
      return { type: "bytes", size: object.byteLength };
    if (object instanceof Date) return Number.isNaN(object.getTime()) ? "Invalid Date" : object.toISOString();
    if (object instanceof Map) {
      const entries = [...object];
      return entries.every(([name]) => typeof name === "string")
        ? record(entries)
        : list(entries, entries.length);
    }
    if (object instanceof Set) return list([...object], object.size);
    if (object instanceof Error)
      return record([["name", object.name], ["message", object.message], ...Object.entries(object)]);
    if (object instanceof RegExp || object instanceof URL) return String(object);
    if (object instanceof Headers || object instanceof URLSearchParams || object instanceof FormData)
      return record([...object]);
    if (typeof object.then === "function") return "[promise: await it]";
    if (object instanceof Response) return "[response: await its text() or json()]";
    if ("next" in object && typeof object[Symbol.iterator] === "function") return listOf(object);
    const primitive = Object.prototype.toString.call(object);
    if (/^\[object (String|Number|Boolean)\]$/.test(primitive)) return convert(object.valueOf(), "");
    if (typeof object.toJSON === "function") return convert(object.toJSON(), "");
    return record(readable(object));
  }

  function list(items, length) {
    const shown = Math.min(length, bounds.items, atMost - visited + 1);
    const result = [];
    for (let n = 0; n < shown; n += 1) {
      const item = convert(items[n], String(n));
      result.push(item === undefined ? null : item);
    }
    if (shown < length) {
      left.items += length - shown;
      result.push(`… ${length - shown} more of ${length}`);
    }
    return result;
  }

  /** An iterator is used up by being shown; nothing can show it otherwise. It may have no end. */
  function listOf(iterator) {
    const items = [];
    for (const item of iterator) if (items.push(item) >= 1000) break;
    return list(items, items.length);
  }

  function record(entries) {
    const result = {};
    let shown = 0;
    for (const [name, current] of entries) {
      if (shown >= bounds.keys || visited > atMost) {
        left.items += entries.length - shown;
        define(result, "…", `${entries.length - shown} more of ${entries.length} keys`);
        break;
      }
      shown += 1;
      const item = convert(current, String(name));
      if (item !== undefined) define(result, String(name), item);
    }
    return result;
  }

  /** The document's own pointer where there is one above, else a pointer into the value itself. */
  function pointerOf(position) {
    const steps = [];
    for (let n = position; n >= 0; n -= 1) {
      const pointer = pointers.get(stack[n]);
      if (pointer !== undefined) return [pointer, ...steps].join("/");
      if (n > 0) steps.unshift(keys[n].replaceAll("~", "~0").replaceAll("/", "~1"));
    }
    return ["#", ...steps].join("/");
  }

  return { data: convert(value, ""), left };
}

/**
 * Whether a value is plain data already, which toPlain would only copy: most results are, and the engine writes them down faster.
 * @param {unknown} value @param {number} [atMost] values
 */
export function isData(value, atMost = most) {
  let left = atMost;
  const isPlain = (current, depth) => {
    if (typeof current === "number") return Number.isFinite(current);
    if (typeof current !== "object")
      return typeof current === "string" || typeof current === "boolean" || current === undefined;
    if (current === null) return true;
    // A cycle is deeper than anything.
    if (depth > deepest || current.toJSON !== undefined || current.then !== undefined) return false;
    if (Array.isArray(current)) {
      for (let n = 0; n < current.length; n += 1)
        if ((left -= 1) < 0 || !isPlain(current[n], depth + 1)) return false;
      return true;
    }
    const prototype = Object.getPrototypeOf(current);
    if (prototype !== Object.prototype && prototype !== null) return false;
    for (const key of Object.keys(current))
      if ((left -= 1) < 0 || !isPlain(current[key], depth + 1)) return false;
    return true;
  };
  try {
    return isPlain(value, 1);
  } catch {
    return false;
  }
}

/** A typed array whose items are numbers rather than bytes. */
export function isNumbers(value) {
  return ArrayBuffer.isView(value) && value.BYTES_PER_ELEMENT > 1;
}

function kindOf(fn) {
  return /^class\b/.test(Function.prototype.toString.call(fn)) ? "class" : "function";
}

/** Own fields, with a text in place of one that throws when read. */
function readable(object) {
  return Object.keys(object).map((name) => {
    try {
      return [name, object[name]];
    } catch (error) {
      return [name, `[unreadable: ${error instanceof Error ? error.message : String(error)}]`];
    }
  });
}

function define(target, key, value) {
  Object.defineProperty(target, key, { value, writable: true, enumerable: true, configurable: true });
}
