// JSON.stringify that prints a cycle as {"$ref": "#/…"} instead of failing on it.
// Never changes how anything without a cycle is printed.

const native = JSON.stringify;

/** @param {WeakMap<object, string>} pointers where objects of the document stand in it */
export function createStringify(pointers) {
  return function stringify(value, replacer, space) {
    try {
      return native(value, replacer, space);
    } catch (error) {
      if (!(error instanceof TypeError) || !/circular/i.test(error.message)) throw error;
    }
    const stack = [];
    const keys = [];
    return native(
      value,
      function (key, raw) {
        const current = typeof replacer === "function" ? replacer.call(this, key, raw) : raw;
        if (
          Array.isArray(replacer) &&
          key !== "" &&
          !Array.isArray(this) &&
          !replacer.map(String).includes(key)
        )
          return undefined;
        if (typeof current !== "object" || current === null) return current;
        while (stack.length > 0 && stack.at(-1) !== this) {
          stack.pop();
          keys.pop();
        }
        const seen = stack.indexOf(current);
        if (seen !== -1) return { $ref: pointerOf(stack, keys, seen) };
        stack.push(current);
        keys.push(key);
        return current;
      },
      space,
    );
  };

  /** The document's own pointer where there is one above, else a pointer into the value that is printed. */
  function pointerOf(stack, keys, position) {
    const steps = [];
    for (let n = position; n >= 0; n -= 1) {
      const pointer = pointers.get(stack[n]);
      if (pointer !== undefined) return [pointer, ...steps].join("/");
      if (n > 0) steps.unshift(escapeToken(keys[n]));
    }
    return ["#", ...steps].join("/");
  }
}

function escapeToken(token) {
  return String(token).replaceAll("~", "~0").replaceAll("/", "~1");
}
