// Where values from other files find their place: one component each, named after what the author called them.

import type { Target } from "./locate.ts";
import { sectionOf, type Kind } from "./grammar.ts";
import { hideProto } from "./proto-names.ts";

interface Home {
  section: string;
  name: string;
  pointer: string;
}

/** Swagger 2.0 has three sections, at the top of the document; other kinds are written out where they are used. */
const swaggerSections: Partial<Record<Kind, string>> = {
  schema: "definitions",
  response: "responses",
  parameter: "parameters",
};

export class ComponentHomes {
  readonly swagger: boolean;
  #homes = new Map<string, Home>();
  #taken = new Map<string, Set<string>>();

  constructor(swagger: boolean) {
    this.swagger = swagger;
  }

  section(kind: Kind): string | undefined {
    return (this.swagger ? swaggerSections : sectionOf)[kind];
  }

  /** Sets names aside that the document uses itself. */
  take(section: string, name: string): void {
    this.#names(section).add(name);
  }

  /** Makes a component the document already has the home of a value that it merely refers to. */
  adopt(target: Target, section: string, name: string): void {
    const key = keyOf(target, section);
    if (!this.#homes.has(key)) this.#homes.set(key, this.#home(section, name));
  }

  isHome(target: Target, section: string, name: string): boolean {
    return this.#homes.get(keyOf(target, section))?.name === name;
  }

  /** The home of a value, and whether it is new, so that the value must still be put there. */
  of(target: Target, section: string): { home: Home; isNew: boolean } {
    const key = keyOf(target, section);
    const known = this.#homes.get(key);
    if (known !== undefined) return { home: known, isNew: false };
    const names = this.#names(section);
    const wanted = nameFor(target);
    let name = wanted;
    for (let number = 2; names.has(name); number++) name = `${wanted}_${number}`;
    names.add(name);
    const home = this.#home(section, name);
    this.#homes.set(key, home);
    return { home, isNew: true };
  }

  #names(section: string): Set<string> {
    let names = this.#taken.get(section);
    if (names === undefined) this.#taken.set(section, (names = new Set()));
    return names;
  }

  #home(section: string, name: string): Home {
    return { section, name, pointer: pointerTo([...(this.swagger ? [] : ["components"]), section, name]) };
  }
}

/** A pointer as a URI fragment, so that a name with a space or a brace is a legal `$ref`. */
export function pointerTo(tokens: string[]): string {
  const escaped = tokens.map((token) =>
    encodeURIComponent(token.replaceAll("~", "~0").replaceAll("/", "~1")),
  );
  return hideProto(["#", ...escaped].join("/"));
}

function keyOf(target: Target, section: string): string {
  return JSON.stringify([section, target.file.url, target.tokens]);
}

/** The last word of the pointer, or the file's name, or its folder's when it is called index. */
function nameFor({ file, tokens }: Target): string {
  const last = tokens.findLast((token) => !/^(\d+|schema|index)$/.test(token));
  const path = decodeURIComponent(new URL(file.url).pathname)
    .replace(/\.(ya?ml|json)$/i, "")
    .split("/");
  const named = last ?? path.findLast((part) => part !== "" && !/^_?index$/i.test(part)) ?? "external";
  return named.replaceAll(/[^A-Za-z0-9._-]+/g, "_") || "external";
}
