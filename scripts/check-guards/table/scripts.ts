import type { Guard } from "../guard.ts";

const urls = "test/spec-build/reading-urls.test.ts";
const files = "test/spec-build/reading-files.test.ts";
const bombs = "test/spec-build/bombs.test.ts";
const front = "test/scripts/front.test.ts";
const readUrl = "scripts/spec/read-url.ts";
const measureTree = "scripts/spec/measure-tree.ts";

/** Of scripts/ and of the settings: documents as they are read, the local server, and what is pinned. */
export const scriptGuards: readonly Guard[] = [
  {
    id: "titles-on-a-terminal",
    threat: "T30",
    file: "scripts/deploy/plan.ts",
    edits: [["printable(built.title, 100)", "built.title"]],
    proof: {
      file: "test/scripts/deploy-checks.test.ts",
      test: "a title writes nothing to the terminal by itself",
    },
  },
  {
    id: "uploads-are-not-logged",
    threat: "T30",
    file: "scripts/deploy/wrangler.ts",
    edits: [['delete given["WRANGLER_LOG_SANITIZE"];', ""]],
    proof: { file: "test/e2e/deploy.test.ts", test: "a refused upload leaves no Worker" },
  },
  {
    id: "public-addresses",
    threat: "T19",
    file: readUrl,
    edits: [["if (wrong !== undefined || addresses.length === 0) {", "if (addresses.length === 0) {"]],
    proof: { file: urls, test: "a redirect to another service of this machine is refused" },
  },
  {
    id: "redirects-stay-on-https",
    threat: "T19",
    file: readUrl,
    edits: [[`url.protocol === "https:" && next.protocol !== "https:"`, "next.protocol === url.host"]],
    proof: { file: urls, test: "a redirect from https to" },
  },
  {
    id: "password-in-an-address",
    threat: "T19",
    file: "scripts/spec/open-source.ts",
    edits: [[`if (typed.username !== "" || typed.password !== "") {`, `if (typed.host === "") {`]],
    proof: { file: urls, test: "a URL with a password is refused before it could be written down" },
  },
  {
    id: "last-good-artifact",
    threat: "T19",
    file: "scripts/spec/publish-artifact.ts",
    edits: [
      ["join(directory, `.draft-${process.pid}`)", "directory"],
      ["await rm(draft, { recursive: true, force: true });", ""],
    ],
    proof: {
      file: "test/spec-build/add-api.test.ts",
      test: "a build that fails on its last step leaves the last good artifact",
    },
  },
  {
    id: "origin-of-references",
    threat: "T19",
    file: "scripts/spec/open-source.ts",
    edits: [["if (hop.origin !== origin) {", 'if (hop.origin === "") {']],
    proof: { file: urls, test: "a reference to another port of this machine is refused and never asked for" },
  },
  {
    id: "folder-of-references",
    threat: "T19",
    file: "scripts/spec/read-file.ts",
    edits: [["if (within !== undefined) {", 'if (within === "") {']],
    proof: { file: files, test: "a reference above the document's directory is refused" },
  },
  {
    id: "regular-files",
    threat: "T19",
    file: "scripts/spec/read-file.ts",
    edits: [["if (!stats.isFile()) throw", "if (stats.isSocket()) throw"]],
    proof: { file: files, test: "a named pipe is refused, not waited for" },
    hangs: true,
  },
  {
    id: "files-stay-off-the-network",
    threat: "T19",
    file: "scripts/spec/open-source.ts",
    edits: [[`if (!url.startsWith("file:"))`, `if (url === "")`]],
    proof: { file: files, test: "a file may not refer to the network" },
  },
  {
    id: "credential-of-documents",
    threat: "T19",
    file: readUrl,
    edits: [["&& options.credential?.origin === url.origin)", "&& options.credential !== undefined)"]],
    proof: {
      file: "test/spec-build/document-credential.test.ts",
      test: "a server that wants a key does not get one of another origin",
    },
  },
  {
    id: "size-of-documents",
    threat: "T19",
    file: readUrl,
    edits: [["if (received > maximumBytes) throw tooLarge;", ""]],
    proof: { file: urls, test: "a body over the limit is refused while it arrives" },
  },
  {
    id: "size-unpacked",
    threat: "T19",
    file: readUrl,
    edits: [["{ maxOutputLength: maximumBytes }", "{}"]],
    proof: { file: urls, test: "a body over the limit is refused while it arrives" },
  },
  {
    id: "aliases-written-out",
    threat: "T19",
    file: measureTree,
    edits: [
      ["if (size.nodes > limits.nodes)", "if (size.nodes > Infinity)"],
      ["if (size.chars > limits.writtenChars)", "if (size.chars > Infinity)"],
    ],
    proof: { file: bombs, test: "a billion laughs are refused quickly" },
    hangs: true,
  },
  {
    id: "depth-of-documents",
    threat: "T19",
    file: measureTree,
    edits: [
      ["if (tokens.length > limits.depth) throw", "if (tokens.length > 1e9) throw"],
      ["if (tokens.length + size.height > limits.depth + 1)", "if (tokens.length > 1e9)"],
    ],
    proof: { file: bombs, test: "a value is measured before anything walks it" },
  },
  {
    id: "names-of-prototypes",
    threat: "T19",
    file: "scripts/spec/proto-names.ts",
    edits: [["text.includes(name) ? text.replaceAll(name, alias) : text", "text"]],
    proof: {
      file: "test/spec-build/names.test.ts",
      test: "__proto__ is an own key wherever the document has it",
    },
  },
  {
    id: "text-for-terminals",
    threat: "T19",
    file: "scripts/spec/printable.ts",
    edits: [["/[\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}\\p{Cs}\\p{Co}]/gu", "/\\0/gu"]],
    proof: {
      file: "test/spec-build/command.test.ts",
      test: "hostile text of a document reaches the terminal only as visible codes",
    },
  },
  {
    id: "watchdog-ends-the-runtime",
    threat: "T6",
    file: "scripts/start/watchdog/watchdog.ts",
    edits: [["this.#worker.runtime.kill();", ""]],
    proof: { file: "test/e2e/watchdog.test.ts", test: "a regular expression without end is answered" },
    fails: "in flight, so it may have been carried out",
  },
  {
    id: "watchdog-has-an-end-of-patience",
    threat: "T6",
    file: "scripts/start/watchdog/patience.ts",
    edits: [
      [
        "Math.min(Math.max(1, calls) * limits.busyMs + slackMs, longestMs)",
        "Math.max(1, calls) * limits.busyMs + slackMs",
      ],
    ],
    proof: {
      file: "test/scripts/watchdog.test.ts",
      test: "longer than the guard of one program needs, for several calls longer",
    },
  },
  {
    id: "broken-streams-are-finished",
    threat: "T6",
    file: "scripts/start/watchdog/exchange.ts",
    edits: [
      [
        `answer.on("error", () => resolve(why()));`,
        `answer.on("error", () => response.end(() => resolve("answered")));`,
      ],
    ],
    proof: { file: front, test: "a stream that breaks off with its runtime is still open for the answer" },
  },
  {
    id: "calls-are-sent-once",
    threat: "T17",
    file: "scripts/start/watchdog/front.ts",
    edits: [["if (!onlyReads(incoming) || response.headersSent) break;", "if (response.headersSent) break;"]],
    proof: { file: front, test: "what may act is not sent twice" },
  },
  {
    id: "this-machine-alone",
    threat: "T21",
    file: "scripts/start/watchdog/front.ts",
    edits: [[`host: "127.0.0.1", exclusive: true`, "exclusive: true"]],
    proof: { file: front, test: "listens on this machine alone" },
  },
  {
    id: "one-url-for-both",
    threat: "T24",
    file: "scripts/start/watchdog/front.ts",
    edits: [["if (!isAddressed(request)) {", "if (request.url === undefined) {"]],
    proof: { file: front, test: "a request that wrangler would read another way is refused" },
  },
  {
    id: "wranglers-own-headers",
    threat: "T24",
    file: "scripts/start/watchdog/exchange.ts",
    edits: [[".filter(([name]) => !/^mf-/i.test(name))", ""]],
    proof: {
      file: front,
      test: "nobody says what wrangler's parts say to each other, nor that he is the front",
    },
  },
  {
    id: "no-inspector",
    threat: "T24",
    file: "scripts/dev-server/serve-worker.ts",
    edits: [["      inspector: false,\n", ""]],
    proof: {
      file: "test/e2e/start.test.ts",
      test: "prints where it is and how to reach it, and serves what was seeded",
    },
  },
  {
    id: "pages-of-wrangler",
    threat: "T25",
    file: "scripts/start/watchdog/front.ts",
    edits: [['if (isWranglers(request.url ?? "/")) {', "if (request.url === undefined) {"]],
    proof: { file: front, test: "wrangler's own pages are not there" },
  },
  {
    id: "pinned-date",
    threat: "T32",
    file: "wrangler.jsonc",
    edits: [[`"compatibility_date": "2026-10-20",`, `"compatibility_date": "2026-10-21",`]],
    proof: {
      file: "test/versions.test.ts",
      test: "what the isolates' behaviour depends on is pinned exactly",
    },
  },
  {
    id: "errors-without-properties",
    threat: "T18",
    file: "wrangler.jsonc",
    edits: [[`"legacy_error_serialization",`, ""]],
    proof: {
      file: "test/versions.test.ts",
      test: "what the isolates' behaviour depends on is pinned exactly",
    },
  },
];
