import { relative, resolve } from "node:path";
import { stripVTControlCharacters } from "node:util";

const keptLines = 200;

/** The end of wrangler's output, and the build error in it. */
export class RecentOutput {
  /** Folder of the wrangler config: esbuild prints its paths relative to that. */
  #base: string;
  #lines: string[] = [];
  #unfinished = "";

  constructor(base: string) {
    this.#base = base;
  }

  add(text: string): void {
    const lines = (this.#unfinished + text).split(/\r?\n/).map(stripVTControlCharacters);
    this.#unfinished = lines.pop() ?? "";
    this.#lines.push(...lines);
    if (this.#lines.length > keptLines) this.#lines.splice(0, this.#lines.length - keptLines);
  }

  tail(count: number): string {
    return [...this.#lines, this.#unfinished]
      .filter((line) => line.trim() !== "")
      .slice(-count)
      .join("\n");
  }

  /**
   * The first error wrangler or esbuild reported, as one line, e.g.
   * `Could not resolve "./gone" (src/index.ts:1:7)`; undefined when there is none.
   */
  firstError(): string | undefined {
    const starts = this.#lines.flatMap((line, index) => (errorMark.test(line) ? [index] : []));
    // "Build failed with 2 errors:" is a headline; the error itself has its own mark below it.
    const start =
      starts.find((index) => !/Build failed with \d+ error/.test(this.#lines[index] ?? "")) ?? starts[0];
    if (start === undefined) return undefined;
    const text: string[] = [];
    for (const line of this.#lines.slice(start, start + 12)) {
      const place = /^\s+(\S+:\d+:\d+):\s*$/.exec(line)?.[1];
      if (place !== undefined) return `${sentence(text)}${this.#describePlace(place)}.`;
      // A blank line, or whatever is printed next, ends the message of an error without a place.
      if (text.length > 0 && (line.trim() === "" || otherMark.test(line))) {
        if (line.trim() !== "") break;
        continue;
      }
      if (line.trim() !== "") text.push(line.replace(errorMark, "").trim());
    }
    return `${sentence(text)}.`;
  }

  #describePlace(place: string): string {
    // Errors of wrangler's own plugins point at wrangler, which helps nobody.
    return place.includes("node_modules/wrangler")
      ? ""
      : ` (${relative(process.cwd(), resolve(this.#base, place))})`;
  }
}

const errorMark = /^\s*(?:✘|X) \[ERROR\]\s*/u;
const otherMark = /^\s*(?:✘|X|▲|⎔|🪵|If you think this is a bug)/u;

const sentence = (text: string[]) =>
  text
    .join(" ")
    .replace(/\s*\[plugin [\w-]+\]/, "")
    .replace(/[.:]$/, "");
