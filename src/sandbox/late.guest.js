// Proxies over what is read late: operations, path items and their lists. Each reads its piece once and is then transparent.

/**
 * Traps of an operation or path item: what the index holds of it, and the rest once something else is asked for. A Proxy,
 * because every search visits every operation, and accessors on each would cost more than all the rest of a search.
 */
export class Partial {
  /**
   * @param {{readPiece(n: number): any, link(holder: object, key: string, value: unknown): void}} source
   * @param {number} piece @param {string[]} keys what the piece holds
   */
  constructor(source, piece, keys) {
    this.source = source;
    this.piece = piece;
    this.keys = keys;
  }
  fill(target) {
    const rest = this.source.readPiece(this.piece);
    this.keys = undefined;
    for (const key of Object.keys(rest)) {
      if (Object.hasOwn(target, key)) continue;
      set(target, key, rest[key]);
      this.source.link(target, key, rest[key]);
    }
  }
  get(target, key) {
    if (Object.hasOwn(target, key)) return target[key];
    if (this.keys !== undefined && this.keys.includes(key)) this.fill(target);
    return target[key];
  }
  has(target, key) {
    return key in target || (this.keys !== undefined && this.keys.includes(key));
  }
  ownKeys(target) {
    if (this.keys !== undefined) this.fill(target);
    return Reflect.ownKeys(target);
  }
  getOwnPropertyDescriptor(target, key) {
    if (this.keys !== undefined && this.keys.includes(key)) this.fill(target);
    return Reflect.getOwnPropertyDescriptor(target, key);
  }
  defineProperty(target, key, descriptor) {
    if (this.keys !== undefined) this.fill(target);
    return Reflect.defineProperty(target, key, descriptor);
  }
  deleteProperty(target, key) {
    if (this.keys !== undefined) this.fill(target);
    return Reflect.deleteProperty(target, key);
  }
  preventExtensions(target) {
    if (this.keys !== undefined) this.fill(target);
    return Reflect.preventExtensions(target);
  }
}

/** Traps of a list in a piece, read when anything of it is. */
export class LateList {
  constructor(source, piece, key) {
    this.source = source;
    this.piece = piece;
    this.key = key;
  }
  fill(target) {
    if (this.piece === undefined) return;
    const list = this.source.readPiece(this.piece)[this.key];
    this.piece = undefined;
    for (const [n, item] of list.entries()) {
      define(target, n, item);
      this.source.link(target, n, item);
    }
  }
  get(target, key) {
    // A loop over a path item asks each of its values for a summary: a list has none, read or not.
    if (typeof key === "string" && !(key in Array.prototype) && !/^\d/.test(key)) return target[key];
    this.fill(target);
    return target[key];
  }
}

for (const trap of [
  "set",
  "has",
  "ownKeys",
  "getOwnPropertyDescriptor",
  "defineProperty",
  "deleteProperty",
  "preventExtensions",
]) {
  LateList.prototype[trap] = function (target, ...rest) {
    this.fill(target);
    return Reflect[trap](target, ...rest);
  };
}

/** Assignment that treats `__proto__` as the ordinary key it is in a document. */
export function define(target, key, value) {
  Object.defineProperty(target, key, { value, writable: true, enumerable: true, configurable: true });
}

/** The same as fast as it goes: defining a property costs ten times as much, and only one name needs it. */
export function set(target, key, value) {
  if (key === "__proto__") define(target, key, value);
  else target[key] = value;
}
