// `context`: values of the deployment and of the person, such as an account's id. Frozen, and never silently undefined.

/**
 * @param {{values: Record<string, string>, missing: Record<string, string>}} given
 */
export function createContext({ values, missing }) {
  const known = Object.freeze({ ...values });
  const refuse = (name) => {
    throw new TypeError(`context.${name} cannot be set: context is frozen. Use a variable of your own.`);
  };
  return new Proxy(known, {
    get(target, name) {
      if (typeof name !== "string" || Object.hasOwn(target, name)) return target[name];
      if (Object.hasOwn(missing, name)) throw new TypeError(`context.${name} ${missing[name]}`);
      // What console, JSON and await look for on any object.
      if (name in Object.prototype || name === "toJSON" || name === "then") return target[name];
      const names = [...Object.keys(target), ...Object.keys(missing)];
      const there = names.length === 0 ? "This API has no context values." : `There is ${names.join(", ")}.`;
      throw new TypeError(`context.${name} does not exist. ${there}`);
    },
    set: (_, name) => refuse(String(name)),
    defineProperty: (_, name) => refuse(String(name)),
    deleteProperty: (_, name) => refuse(String(name)),
  });
}
