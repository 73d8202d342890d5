// Proxies over what is read late: operations, path items and their lists. Each reads its piece once and is then transparent.

/**
 * Traps of operations or path items of one shape: what the index holds of each, and the rest once something else is asked for. A
 * Proxy, because every search visits every operation, and accessors on each would cost more than all the rest of a search. One
 * handler for all of a shape: one each would be half of what a search allocates, and a collection more.
 */
export class Partial {
  /**
   * @param {{readPiece(n: number): any, link(holder: object, key: string, value: unknown): void}} source
   * @param {(target: object) => number} pieceOf where the rest of it is
   * @param {string[]} keys what the index does not hold; none that every object inherits
   * @param {() => void} placeIds gives operations their operationId, if they have not had it
   */
  constructor(source, pieceOf, keys, placeIds = () => undefined) {
    this.source = source;
    this.pieceOf = pieceOf;
    this.keys = keys;
    this.placeIds = placeIds;
    this.filled = new WeakSet();
  }
  fill(target) {
    if (this.filled.has(target)) return;
    this.placeIds();
    this.filled.add(target);
    fill(target, this.source, this.pieceOf(target));
  }
  get(target, key) {
    const value = target[key];
    if (value !== undefined || !this.keys.includes(key)) return value;
    if (key === "operationId") this.placeIds();
    else this.fill(target);
    return target[key];
  }
  has(target, key) {
    return key in target || (this.keys.includes(key) && !this.filled.has(target));
  }
  getOwnPropertyDescriptor(target, key) {
    if (this.keys.includes(key)) this.fill(target);
    return Reflect.getOwnPropertyDescriptor(target, key);
  }
}

for (const trap of ["ownKeys", "defineProperty", "deleteProperty", "preventExtensions"]) {
  Partial.prototype[trap] = function (target, ...rest) {
    this.fill(target);
    return Reflect[trap](target, ...rest);
  };
}

/** Adds to what the index holds of an operation or path item what its piece holds. */
export function fill(target, { readPiece, link }, piece) {
  const rest = readPiece(piece);
  for (const key of Object.keys(rest)) {
    if (Object.hasOwn(target, key)) continue;
    set(target, key, rest[key]);
    link(target, key, rest[key]);
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
