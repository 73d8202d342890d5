import { posix } from "node:path";
import { type ImportUse, readImports } from "./read-imports.ts";
import { type Room, rooms } from "./rooms.ts";

interface SourceFile {
  /** From the top of the repository, with forward slashes. */
  path: string;
  source: string;
}

/** One message a violation: file and line, what it imports, the rule, what to do. */
export function findViolations(files: readonly SourceFile[]): string[] {
  return files.flatMap(({ path, source }) => {
    if (path.endsWith(".d.ts")) return [];
    const room = rooms.find((one) => contains(one.path, path));
    if (room === undefined) {
      return [
        `${path}: belongs to no room. Add its folder to scripts/check-imports/rooms.ts, or move the file.`,
      ];
    }
    let uses;
    try {
      uses = readImports(source, path.endsWith(".tsx"));
    } catch (error) {
      return [`${path}: cannot be parsed: ${(error as Error).message}. Mend the syntax.`];
    }
    const loader =
      path.startsWith("src/") && room.loader === undefined
        ? uses.loaderLines.map(
            (line) =>
              `${path}:${line}: names LOADER, but only the sandbox starts isolates. Have it handed in what it needs.`,
          )
        : [];
    const imports = uses.imports.flatMap((use) => {
      const problem = judge(room, path, use);
      return problem === undefined ? [] : [`${path}:${use.line}: ${problem}`];
    });
    return [...imports, ...loader];
  });
}

function judge(room: Room, path: string, { specifier, typeOnly }: ImportUse): string | undefined {
  const inSrc = path.startsWith("src/");
  if (specifier === undefined) {
    // Scripts load what a person names on the command line; src never does.
    return inSrc
      ? "imports a computed path, which cannot be checked. Write the path as a plain string."
      : undefined;
  }
  if (!specifier.startsWith(".")) return judgePackage(room, path, specifier);

  const target = posix.join(posix.dirname(path), specifier);
  if (contains(room.path, target)) return undefined;
  if (target === "src/index.ts") {
    // Wiring beside index.ts may know the shape of env; a room gets what it needs as arguments.
    const wiring = typeOnly && room.imports.includes("src/");
    return wiring
      ? undefined
      : refusal(target, "nothing imports the composition root", "Pass what is needed as an argument.");
  }
  if (room.imports.some((one) => contains(one, target))) return undefined;
  if (room.types?.some((one) => contains(one, target))) {
    if (typeOnly) return undefined;
    return refusal(
      target,
      `${room.because}, so it may know only its types`,
      "Write `import type`, or have the value handed in by src/index.ts.",
    );
  }
  return refusal(
    target,
    room.because,
    "Have it handed in by src/index.ts, or move the code to the room that may.",
  );
}

function judgePackage(room: Room, path: string, specifier: string): string | undefined {
  // The guest's files are each other's neighbours by name inside the isolate, e.g. "json.js" or "bodies.bin".
  if (path.endsWith(".guest.js") && /^[\w-]+\.(?:js|json|bin)$/.test(specifier)) return undefined;
  const scoped = specifier.startsWith("@") ? 2 : 1;
  const name = /^[a-z]+:/.test(specifier) ? specifier : specifier.split("/").slice(0, scoped).join("/");
  if (room.packages.includes("*") || room.packages.includes(name)) return undefined;
  return refusal(
    specifier,
    `${room.path} has no use for that package as planned (${room.because})`,
    "Leave it out, or add it to the room's packages in scripts/check-imports/rooms.ts and say why in the commit.",
  );
}

const refusal = (target: string, rule: string, advice: string) => `imports ${target}, but ${rule}. ${advice}`;

/** A folder ends with a slash and contains what begins with it; a file contains itself. */
const contains = (room: string, path: string) => (room.endsWith("/") ? path.startsWith(room) : path === room);
