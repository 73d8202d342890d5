// Many files to one document: a plain tree of its own, in the version the author wrote, with internal references.

import { BoundedPlace } from "./bounded-place.ts";
import { ComponentHomes, pointerTo } from "./component-homes.ts";
import { type DocumentFiles, looksLikeReference } from "./document-files.ts";
import { DocumentRefused, type Finding } from "./document-refused.ts";
import { childKind, isOpaque, type Kind } from "./grammar.ts";
import { type Base, locateValue, type Target } from "./locate.ts";
import { pointerTokens } from "./json-pointer.ts";
import { hideProto } from "./proto-names.ts";
import type { ReadingLimits } from "./reading-limits.ts";

type Json = Record<string, unknown>;
type At = { kind: Kind; base: Base };

export function bundle(all: DocumentFiles, limits: ReadingLimits): { document: Json; findings: Finding[] } {
  const root = all.root.value as Json;
  return new Bundler(all, limits, Object.hasOwn(root, "swagger")).run();
}

class Bundler {
  #all: DocumentFiles;
  #limits: ReadingLimits;
  #homes: ComponentHomes;
  #findings: Finding[] = [];
  #waiting: { section: string; name: string; target: Target; kind: Kind }[] = [];
  /** Where the walk is, in the document being written. */
  #place: BoundedPlace;
  /** Values being written out in place, to notice one that contains itself. */
  #inside = new Set<unknown>();

  constructor(all: DocumentFiles, limits: ReadingLimits, swagger: boolean) {
    this.#all = all;
    this.#limits = limits;
    this.#homes = new ComponentHomes(swagger);
    this.#place = new BoundedPlace(limits);
  }

  run(): { document: Json; findings: Finding[] } {
    const base = { file: this.#all.root };
    this.#adoptComponents(base);
    const document = this.#copy(this.#all.root.value, { kind: "document", base }) as Json;
    for (let next = this.#waiting.pop(); next !== undefined; next = this.#waiting.pop()) {
      const { section, name, target, kind } = next;
      this.#place.tokens = this.#homes.swagger ? [section, name] : ["components", section, name];
      const value = this.#copy(target.value, { kind, base: { file: target.file } });
      const holder = this.#homes.swagger ? document : own(document, "components");
      own(holder, section)[hideProto(name)] = value;
    }
    return { document, findings: this.#findings };
  }

  /** `schemas: {Pet: {$ref: "pet.yaml"}}` makes Pet the name of what is in that file, wherever else it is used. */
  #adoptComponents(base: Base): void {
    const root = this.#all.root.value as Json;
    const holder = this.#homes.swagger ? root : ((root["components"] ?? {}) as Json);
    for (const [section, members] of Object.entries(holder)) {
      const kind = childKind(childKind(this.#homes.swagger ? "document" : "components", section), "");
      if (this.#homes.section(kind) !== section || typeof members !== "object" || members === null) continue;
      for (const [name, member] of Object.entries(members)) {
        this.#homes.take(section, name);
        const { $ref } = (member ?? {}) as { $ref?: unknown };
        const target = typeof $ref === "string" ? this.#locate($ref, base, true) : undefined;
        if (target !== undefined && target.file !== this.#all.root) this.#homes.adopt(target, section, name);
      }
    }
  }

  #copy(value: unknown, at: At): unknown {
    if (typeof value === "string") return hideProto(value);
    if (typeof value === "number" && !Number.isFinite(value)) return String(value);
    if (typeof value !== "object" || value === null) return value;
    this.#place.count();
    if (Array.isArray(value))
      return value.map((element, index) => this.#place.below(String(index), () => this.#copy(element, at)));
    const { $ref, $id } = value as Json;
    if (typeof $ref === "string") return this.#reference($ref, value as Json, at);
    if (at.kind !== "schema" || typeof $id !== "string") return this.#fields(value as Json, at);
    const resource = this.#all.named.get(URL.parse($id, at.base.file.url)?.href ?? "");
    if (resource?.file !== at.base.file) return this.#fields(value as Json, at);
    const id = URL.parse($id, at.base.file.url)?.href ?? "";
    return this.#fields(value as Json, {
      kind: at.kind,
      base: { file: at.base.file, resource: { id, tokens: resource.tokens } },
    });
  }

  #fields(value: Json, { kind, base }: At, skip?: string): Json {
    const result: Json = {};
    for (const [key, child] of Object.entries(value)) {
      if (key === skip) continue;
      const copied = this.#place.below(key, () =>
        kind === "mapping" && looksLikeReference(child)
          ? this.#mapping(child, base)
          : this.#copy(child, { kind: childKind(kind, key), base }),
      );
      result[hideProto(key)] = copied;
    }
    return result;
  }

  #reference($ref: string, value: Json, at: At): unknown {
    const isLocal = at.base.file === this.#all.root && $ref.startsWith("#");
    if (isOpaque(at.kind) && isLocal) return this.#fields(value, at);
    const target = this.#locate($ref, at.base, isOpaque(at.kind));
    if (target === undefined) {
      if (isOpaque(at.kind) && !$ref.startsWith("#"))
        this.#report(`the reference "${$ref}" leads nowhere and was left as it is.`);
      return this.#fields(value, at);
    }
    const section = this.#homes.section(at.kind);
    if (target.file === this.#all.root && !this.#mustMove(target, at.kind)) {
      // What the document says already resolves, so it stays as written unless the pointer went a roundabout way.
      const direct = isLocal && sameTokens(pointerTokens($ref), target.tokens);
      return {
        $ref: direct ? hideProto($ref) : pointerTo(target.tokens),
        ...this.#fields(value, at, "$ref"),
      };
    }
    if (section === undefined) return this.#inline(target, value, at);
    const isOwnPlace =
      target.file !== this.#all.root &&
      this.#isComponent(section) &&
      this.#homes.isHome(target, section, this.#place.tokens.at(-1) ?? "");
    if (isOwnPlace) return this.#inline(target, value, at);
    return { $ref: this.#move(target, section, at.kind), ...this.#fields(value, at, "$ref") };
  }

  /** Swagger's upgrade moves things about, so only references to what keeps its name survive it. */
  #mustMove(target: Target, kind: Kind): boolean {
    if (!this.#homes.swagger) return kind === "operation";
    return kind === "schema" ? target.tokens[0] !== "definitions" : target.tokens.length !== 2;
  }

  #isComponent(section: string): boolean {
    const above = this.#homes.swagger ? [section] : ["components", section];
    return (
      this.#place.tokens.length === above.length + 1 &&
      above.every((token, index) => this.#place.tokens[index] === token)
    );
  }

  #move(target: Target, section: string, kind: Kind): string {
    const { home, isNew } = this.#homes.of(target, section);
    if (isNew) this.#waiting.push({ section, name: home.name, target, kind });
    return home.pointer;
  }

  #report(message: string): void {
    this.#findings.push({ place: this.#place.pointer(), message });
  }

  #inline(target: Target, value: Json, at: At): unknown {
    if (this.#inside.has(target.value)) {
      this.#report(
        `"${String(value["$ref"])}" contains itself where OpenAPI has no name for it; the inner one was left out.`,
      );
      return this.#fields(value, at, "$ref");
    }
    this.#inside.add(target.value);
    const copied = this.#copy(target.value, { kind: at.kind, base: { file: target.file } });
    this.#inside.delete(target.value);
    if (typeof copied !== "object" || copied === null || Array.isArray(copied)) return copied;
    return { ...copied, ...this.#fields(value, at, "$ref") };
  }

  #mapping(reference: string, base: Base): string {
    const target = this.#locate(reference, base, true);
    if (target === undefined) return hideProto(reference);
    if (target.file === this.#all.root) return pointerTo(target.tokens);
    return this.#move(target, this.#homes.section("schema") ?? "schemas", "schema");
  }

  /** A file that cannot be read refuses the document, unless the reference may be no reference at all. */
  #locate($ref: string, base: Base, lenient = false): Target | undefined {
    const found = locateValue($ref, base, this.#all, this.#limits);
    if (!(found instanceof DocumentRefused)) return found;
    if (lenient) return undefined;
    const reason = `the reference "${$ref}" in ${base.file.url} cannot be followed: ${found.message}`;
    throw new DocumentRefused(this.#place.pointer(), reason);
  }
}

function sameTokens(left: string[] | undefined, right: string[]): boolean {
  return left?.length === right.length && left.every((token, index) => token === right[index]);
}

function own(holder: Json, key: string): Json {
  const present = Object.hasOwn(holder, key) ? holder[key] : undefined;
  if (typeof present === "object" && present !== null) return present as Json;
  return (holder[key] = {});
}
