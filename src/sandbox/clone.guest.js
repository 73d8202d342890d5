// structuredClone that takes parts of the document, whose operations are Proxies. Never changes how anything else is cloned.

const native = structuredClone;

export function cloneAnything(value, options) {
  try {
    return native(value, options);
  } catch (error) {
    if (!(error instanceof DOMException) || error.name !== "DataCloneError") throw error;
    return native(withoutProxies(value, new Map()), options);
  }
}

/** Plain objects and arrays copied, whatever they are made of; everything else as it is. Cycles and shares are kept. */
function withoutProxies(value, copies) {
  if (typeof value !== "object" || value === null) return value;
  const known = copies.get(value);
  if (known !== undefined) return known;
  const prototype = Object.getPrototypeOf(value);
  if (!Array.isArray(value) && prototype !== Object.prototype && prototype !== null) return value;
  const copy = Array.isArray(value) ? [] : {};
  copies.set(value, copy);
  for (const key of Object.keys(value)) {
    const item = withoutProxies(value[key], copies);
    Object.defineProperty(copy, key, { value: item, writable: true, enumerable: true, configurable: true });
  }
  return copy;
}
