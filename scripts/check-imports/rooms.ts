// The plan of the house as data: who may import whom. One row a room; the first row that matches a file is
// its room. What is not listed is forbidden, so a new direction is a deliberate edit of this table.

export interface Room {
  /** Path of the file, or of the folder with a slash at the end. */
  path: string;
  /** Paths it may import, written likewise. A room may always import itself. */
  imports: readonly string[];
  /** Paths it may import with `import type` only: their shapes, not their powers. */
  types?: readonly string[];
  /** Packages it may import; "*" for any. `node:` modules are packages of scripts only. */
  packages: readonly string[];
  /** May name the LOADER binding, which starts isolates. */
  loader?: true;
  /** Why the room is closed, in the words of the message. */
  because: string;
}

export const rooms: readonly Room[] = [
  {
    path: "src/index.ts",
    imports: ["src/"],
    packages: ["*"],
    loader: true,
    because: "it wires the rooms",
  },
  {
    path: "src/run-tool.ts",
    imports: ["src/"],
    packages: ["@modelcontextprotocol/server"],
    loader: true,
    because: "it wires the rooms of one tool call",
  },
  {
    path: "src/auth-wiring.ts",
    imports: [
      "src/auth/",
      "src/gateway/",
      // A grant that ends stops its runs.
      "src/journal/",
      "src/spec/",
      "src/limits.ts",
      "src/operation-scopes.ts",
    ],
    packages: [],
    because: "it tells auth of the deployment",
  },
  {
    path: "src/operation-scopes.ts",
    imports: ["src/auth/scopes.ts", "src/spec/"],
    packages: [],
    because: "it joins operations and scopes",
  },
  {
    path: "src/caller-rules.ts",
    imports: ["src/auth/", "src/auth-wiring.ts", "src/operation-scopes.ts"],
    types: ["src/gateway/", "src/spec/"],
    packages: ["@modelcontextprotocol/server"],
    because: "it says what one principal may not do",
  },
  {
    path: "src/admit-call.ts",
    imports: [
      "src/auth/",
      "src/compile/",
      "src/gateway/",
      "src/spec/",
      "src/limits.ts",
      "src/operation-scopes.ts",
    ],
    packages: [],
    because: "it looks at a call before it is begun",
  },
  {
    path: "src/limits.ts",
    imports: [],
    packages: [],
    because: "limits are numbers and depend on nothing",
  },
  {
    path: "src/read-bounded.ts",
    imports: [],
    packages: [],
    because: "it reads a request and knows no room",
  },
  {
    path: "src/auth/",
    imports: ["src/limits.ts", "src/read-bounded.ts"],
    // The library keeps grants and tokens; cloudflare:workers has the class of Durable Objects.
    packages: ["@cloudflare/workers-oauth-provider", "cloudflare:workers"],
    because: "auth never sees programs or the spec",
  },
  {
    path: "src/mcp/",
    imports: ["src/limits.ts", "src/read-bounded.ts"],
    types: ["src/sandbox/outcome.ts", "src/sandbox/capability.ts"],
    packages: ["@modelcontextprotocol/server", "agents"],
    because: "mcp never sees a credential, LOADER, or a URL of the API",
  },
  {
    path: "src/compile/",
    imports: ["src/limits.ts"],
    packages: ["acorn", "@sveltejs/acorn-typescript", "eslint-scope"],
    because: "compile only reads text and runs nothing",
  },
  {
    path: "src/sandbox/",
    imports: ["src/limits.ts"],
    types: ["src/compile/", "src/spec/"],
    packages: ["cloudflare:workers"],
    loader: true,
    because: "the sandbox reaches the API through the one capability it is handed",
  },
  {
    path: "src/gateway/",
    imports: ["src/limits.ts", "src/spec/"],
    types: ["src/auth/"],
    // The schema validator, and of graphql the parser alone: what leaves for a GraphQL endpoint is parsed.
    packages: ["@cfworker/json-schema", "graphql"],
    because: "the gateway never sees the program",
  },
  {
    path: "src/journal/",
    imports: ["src/limits.ts"],
    types: ["src/sandbox/outcome.ts"],
    packages: ["cloudflare:workers"],
    because: "the journal knows only its own storage",
  },
  {
    path: "src/spec/",
    imports: ["src/limits.ts"],
    packages: ["twofold-artifact"],
    because: "spec reads the built artifact and nothing else",
  },
  {
    path: "src/web/page/",
    imports: [],
    // The shapes of what the journal's endpoints answer.
    types: ["src/journal/run.ts"],
    packages: [
      "preact",
      "@codemirror/autocomplete",
      "@codemirror/commands",
      "@codemirror/lang-javascript",
      "@codemirror/language",
      "@codemirror/state",
      "@codemirror/view",
      "@lezer/highlight",
    ],
    because: "the page uses the MCP endpoint as any client would",
  },
  {
    path: "src/web/",
    imports: ["src/limits.ts"],
    packages: [],
    because: "it serves the page's files and nothing else",
  },
  {
    path: "scripts/",
    imports: [
      "src/spec/",
      "src/gateway/",
      "src/limits.ts",
      "src/sandbox/words.guest.js",
      "src/sandbox/sentence.guest.js",
      "src/auth/passphrase.ts",
      "src/auth/credential.ts",
      "src/auth/check-front.ts",
      "src/auth/check-origin.ts",
      // Pure: `npm run deploy` refuses beforehand what the Worker would refuse to serve with.
      "src/auth/sign-in-settings.ts",
    ],
    types: ["src/"],
    packages: ["*"],
    because: "scripts may use only the pure parts of src",
  },
];
