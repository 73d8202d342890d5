import type { Guard } from "../guard.ts";

const authorize = "src/auth/authorize.ts";
const checkOrigin = "src/auth/check-origin.ts";
const checkRequest = "src/auth/check-request.ts";
const takeQuota = "src/auth/take-quota.ts";
const validators = "test/auth/validators.test.ts";
const oauth = "test/worker/oauth.test.ts";
const tokens = "test/worker/oauth-tokens.test.ts";

/** Of src/auth and of what joins it to operations: who is let in, to what, and how often. */
export const authGuards: readonly Guard[] = [
  {
    id: "faults-show-nothing",
    threat: "T24",
    file: "src/index.ts",
    edits: [
      [
        "      return refusal({\n        status: 500,",
        "      throw error;\n      return refusal({\n        status: 500,",
      ],
    ],
    proof: { file: oauth, test: "a fault of ours shows nothing of the code, nor of what was sent" },
  },
  {
    id: "behind-the-front",
    threat: "T24",
    file: "src/auth/check-front.ts",
    edits: [
      [
        "if (expected === undefined || given === expected) return undefined;",
        "if (given !== undefined) return undefined;",
      ],
    ],
    proof: {
      file: "test/worker/token.test.ts",
      test: "behind the front of npm start nobody is served but the front",
    },
  },
  {
    id: "grants-are-watched",
    threat: "T3",
    file: "src/auth/watch-grants.ts",
    edits: [["await onGrantEnded(ended.principal, ended.grant, ended.until);", "undefined;"]],
    proof: {
      file: "test/worker/grant-end.test.ts",
      test: "a guest's too, who has nothing but an access token",
    },
  },
  {
    id: "operator-token-compared",
    threat: "T21",
    file: "src/auth/check-operator.ts",
    edits: [["given !== undefined && (await isToken(given, expected))", "given !== undefined"]],
    proof: {
      file: "test/worker/operator.test.ts",
      test: "nobody but the operator",
      row: "a principal's token",
    },
  },
  {
    id: "operator-sees-no-answers",
    threat: "T25",
    file: "src/journal/handle-runs.ts",
    edits: [['if (by === "self") return json(run);', "if (by !== undefined) return json(run);"]],
    proof: {
      file: "test/worker/operator.test.ts",
      test: "the operator reads programs and calls, and neither results, nor logs, nor what the API answered",
    },
  },
  {
    id: "operator-reads-no-errors",
    threat: "T25",
    file: "src/journal/handle-runs.ts",
    edits: [['by === "operator" && outcome !== "refused"', 'by === "operator" && outcome === ""']],
    proof: {
      file: "test/worker/operator.test.ts",
      test: "nor does the operator read or find what a program",
    },
  },
  {
    id: "operator-finds-no-errors",
    threat: "T25",
    file: "src/journal/runs-table.ts",
    edits: [["filter.hidesMessages === true", "filter.hidesMessages === undefined"]],
    proof: {
      file: "test/worker/operator.test.ts",
      test: "nor does the operator read or find what a program",
    },
  },
  {
    id: "operator-token-is-no-other",
    threat: "T21",
    file: "src/auth/check-operator.ts",
    edits: [["if (same !== undefined)", "if (same === '')"]],
    proof: { file: "test/auth/check-operator.test.ts", test: "nobody is the operator", row: "is the API's" },
    // Without it the token is compared, by what only workerd has.
    fails: "timingSafeEqual",
  },
  {
    id: "bearer-compared",
    threat: "T21",
    file: checkRequest,
    edits: [["if (await isToken(given, expected))", 'if (given !== "")']],
    proof: { file: "test/worker/token.test.ts", test: "a token that is not the deployment's" },
  },
  {
    id: "short-tokens",
    threat: "T21",
    file: checkRequest,
    edits: [["expected.length < minimumTokenLength", "expected.length < 1"]],
    proof: { file: "test/worker/token.test.ts", test: "a token that could be guessed" },
  },
  {
    id: "nobody-off-localhost",
    threat: "T21",
    file: checkRequest,
    edits: [["if (isLoopback(url.hostname)) return", 'if (url.hostname !== "") return']],
    proof: {
      file: "test/worker/token.test.ts",
      test: "off localhost nobody is served without authentication",
    },
  },
  {
    id: "own-tokens-stay-here",
    threat: "T21",
    file: checkRequest,
    edits: [['return isFitKey(token) && token.split(":").length === 3;', "return false;"]],
    proof: { file: tokens, test: "a token of ours is never tried at the API" },
  },
  {
    id: "credential-of-a-person",
    threat: "T21",
    file: "src/run-tool.ts",
    edits: [
      [
        "principal.upstreamCredential ?? readCredential(settings.auth, env)",
        "readCredential(settings.auth, env)",
      ],
    ],
    proof: {
      file: tokens,
      test: "is tried at the API, then used for its person alone, and never the deployment's",
    },
  },
  {
    id: "shape-of-tokens",
    threat: "T21",
    file: "src/auth/try-token.ts",
    edits: [["new RegExp(`^(?:${pattern})$`)", "new RegExp(pattern)"]],
    proof: { file: validators, test: "fits" },
  },
  {
    id: "grants-need-their-token",
    threat: "T21",
    file: "src/auth/grant.ts",
    edits: [["&& credential === undefined) return undefined;", "&& mode === undefined) return undefined;"]],
    proof: { file: validators, test: "of an own token is nothing without that token" },
  },
  {
    id: "over-since-its-arrival",
    threat: "T3",
    file: "src/journal/runs-table.ts",
    edits: [
      ["this.#sql.exec(ended, grant, arrived)", "this.#sql.exec(ended, grant, Math.max(arrived, started))"],
    ],
    proof: { file: "test/worker/grant-end.test.ts", test: "nor does one whose request was slow to arrive" },
  },
  {
    id: "closed-ways-end-grants",
    threat: "T21",
    file: "src/auth/grant.ts",
    edits: [["if (!at.signIn.modes.includes(mode)) return undefined;", ""]],
    proof: { file: validators, test: "is over when its way of signing in is closed" },
  },
  {
    id: "new-passphrase-ends-grants",
    threat: "T21",
    file: "src/auth/grant.ts",
    edits: [[`if (mode === "owner" && stamp !== ownerStamp(at.env)) return undefined;`, ""]],
    proof: { file: validators, test: "is over when its way of signing in is closed" },
  },
  {
    id: "granted-is-ticked",
    threat: "T22",
    file: "src/auth/scopes.ts",
    edits: [["ticked.includes(scope) && ", ""]],
    proof: { file: "test/auth/scopes.test.ts", test: "is never more than any of the three" },
  },
  {
    id: "granted-is-open",
    threat: "T22",
    file: "src/auth/scopes.ts",
    edits: [[" && policy.includes(scope)", ""]],
    proof: { file: "test/auth/scopes.test.ts", test: "is never more than any of the three" },
  },
  {
    id: "guests-only-read",
    threat: "T22",
    file: "src/auth/scopes.ts",
    edits: [[`kind === "guest" ? [readScope] : [...all]`, "[...all]"]],
    proof: { file: validators, test: "of a guest only reads, whatever its token says" },
  },
  {
    id: "scopes-are-asked-of-storage",
    threat: "T22",
    file: authorize,
    edits: [
      [
        "const requested = requestedScopes(asked.scope, all);\n  const policy",
        "const requested = all;\n  const policy",
      ],
    ],
    proof: { file: oauth, test: "a scope added to the form that was not requested is not granted" },
  },
  {
    id: "hour-of-a-guest",
    threat: "T22",
    file: "src/auth/authorization-server.ts",
    edits: [
      [`if (grant.mode === "demo") return { accessTokenTTL: limits.guestSeconds, refreshTokenTTL: 0 };`, ""],
    ],
    proof: { file: oauth, test: "reads for an hour, without renewal, and writes nothing" },
  },
  {
    id: "scopes-of-operations",
    threat: "T22",
    file: "src/caller-rules.ts",
    edits: [["if (missing.length === 0) return undefined;", "return undefined;"]],
    proof: { file: oauth, test: "an optional scope opens its operations, and nothing else does" },
  },
  {
    id: "read-only-connections",
    threat: "T14",
    file: "src/caller-rules.ts",
    edits: [
      [`principal.readOnly || !principal.scopes.includes(writeScope) ? "read" : "write"`, `"write"`],
      [
        `if (operation.effect !== "read" && principal.readOnly) return`,
        'if (operation.method === "") return',
      ],
    ],
    proof: { file: oauth, test: "only reads, whatever the token may" },
  },
  {
    id: "forms-of-other-sites",
    threat: "T23",
    file: authorize,
    edits: [[`(site !== null && site !== "same-origin") ||`, ""]],
    proof: { file: oauth, test: "a form from another site is refused" },
  },
  {
    id: "modes-that-are-open",
    threat: "T23",
    file: authorize,
    edits: [["signIn.modes.find((one) => one === decision)", "signInModes.find((one) => one === decision)"]],
    proof: {
      file: oauth,
      test: "fields of the form cannot change the client, the redirect or a mode that is closed",
    },
  },
  {
    id: "parameters-given-twice",
    threat: "T23",
    file: authorize,
    edits: [["if (repeated !== undefined)", 'if (repeated === "")']],
    proof: { file: oauth, test: "with a parameter twice is refused" },
  },
  {
    id: "consent-is-framed-nowhere",
    threat: "T23",
    file: "src/auth/page-response.ts",
    edits: [["frame-ancestors 'none'; ", ""]],
    proof: { file: oauth, test: "runs nothing, is framed nowhere, and is kept nowhere" },
  },
  {
    id: "consent-escapes",
    threat: "T23",
    file: "src/auth/html.ts",
    edits: [["escape(String(value))", "String(value)"]],
    proof: { file: validators, test: "is escaped in text and attributes" },
  },
  {
    id: "names-of-one-line",
    threat: "T23",
    file: "src/auth/html.ts",
    edits: [["/[\\p{C}\\p{Z}\\s]+/gu", "/ +/gu"]],
    proof: { file: validators, test: "what others chose to be called" },
  },
  {
    id: "console-runs-no-text",
    threat: "T23",
    file: "src/web/serve-console.ts",
    edits: [[`"require-trusted-types-for 'script'",`, ""]],
    proof: {
      file: "test/web/serve-console.test.ts",
      test: "runs its own files and no text that became script",
    },
  },
  {
    id: "console-is-framed-nowhere",
    threat: "T23",
    file: "src/web/serve-console.ts",
    edits: [[`"frame-ancestors 'none'",`, ""]],
    proof: { file: "test/web/serve-console.test.ts", test: "stands in no frame" },
  },
  {
    id: "codes-stay-with-the-page",
    threat: "T23",
    file: "src/web/serve-console.ts",
    edits: [["new Request(asked, {", "new Request(request.url, {"]],
    proof: {
      file: "test/web/serve-console.test.ts",
      test: "an authorization code in the page's address goes no further",
    },
  },
  {
    id: "pkce-for-every-client",
    threat: "T26",
    file: authorize,
    edits: [["if (asked.codeChallenge === undefined)", 'if (asked.codeChallenge === "")']],
    proof: { file: oauth, test: "a client with a secret needs PKCE too" },
  },
  {
    id: "host",
    threat: "T24",
    file: checkOrigin,
    edits: [["if (wrong === undefined) return undefined;", "return undefined;"]],
    proof: { file: "test/auth/check-request.test.ts", test: "is served: " },
  },
  {
    id: "origin",
    threat: "T24",
    file: checkOrigin,
    edits: [
      [
        "if (origin === url.origin || policy.allowedOrigins.includes(origin)) return undefined;",
        'if (origin !== "") return undefined;',
      ],
    ],
    proof: { file: "test/auth/check-request.test.ts", test: "may call: " },
  },
  {
    id: "place-before-all-else",
    threat: "T24",
    file: "src/index.ts",
    edits: [["if (misplaced !== undefined) return refusal(misplaced);", ""]],
    proof: { file: oauth, test: "before anything else" },
  },
  {
    id: "forms-reach-no-journal",
    threat: "T24",
    file: "src/journal/handle-runs.ts",
    edits: [[`if (method === "POST" && !`, `if (method !== "POST" && !`]],
    proof: {
      file: "test/worker/journal.test.ts",
      test: "a page of another site can neither read, stop nor pause",
    },
  },
  {
    id: "registrations",
    threat: "T28",
    file: takeQuota,
    edits: [[`of(network, "registrations an hour", limits.registrationsPerHour, hour),`, ""]],
    proof: { file: tokens, test: "stops a flood of registrations and of sign-in pages" },
  },
  {
    id: "sign-in-pages",
    threat: "T28",
    file: takeQuota,
    edits: [[`of(network, "sign-in pages in ten minutes", limits.consentsPerTenMinutes, 10 * minute),`, ""]],
    proof: { file: tokens, test: "stops a flood of registrations and of sign-in pages" },
  },
  {
    id: "tries-of-a-network",
    threat: "T28",
    file: takeQuota,
    edits: [[`of(network, "attempts in a quarter of an hour", limits.triesPerQuarter, 15 * minute),`, ""]],
    proof: { file: tokens, test: "can be tried a few times only" },
  },
  {
    id: "keys-of-the-store",
    threat: "T28",
    file: "src/auth/read-form.ts",
    edits: [["value.length <= keyChars && ", ""]],
    proof: {
      file: oauth,
      test: "what is too long for a key of the store is refused, not an error of the server",
    },
  },
  {
    id: "addresses-of-a-client",
    threat: "T28",
    file: "src/auth/authorization-server.ts",
    edits: [["uris.length > 10", "uris.length > 1e9"]],
    proof: { file: tokens, test: "takes no registration that is large or names many addresses" },
  },
  {
    id: "runs-of-a-guest",
    threat: "T29",
    file: takeQuota,
    edits: [
      ["[{ name: network, quotas: runs(limits.guestRunsPerMinute, limits.guestIsolatesPerDay) }]", "[]"],
    ],
    proof: { file: tokens, test: "serves a guest so many runs a minute" },
  },
  {
    id: "turns-of-guests",
    threat: "T29",
    file: "src/auth/principal.ts",
    edits: [['kind === "guest" ? "guests" : id', "id"]],
    proof: { file: "test/worker/turns.test.ts", test: "guests, however many they are, leave turns" },
  },
  {
    id: "nothing-left-of-guests",
    threat: "T28",
    file: "src/journal/journal.ts",
    edits: [
      [
        'if (migrate(this.ctx.storage) === "new") this.#wakes',
        'if (migrate(this.ctx.storage) !== "new") this.#wakes',
      ],
    ],
    proof: {
      file: "test/worker/grant-end.test.ts",
      test: "of a guest who only looked, or paused, nothing is left",
    },
  },
  {
    id: "sweeps-of-short-lives",
    threat: "T28",
    file: "src/journal/now-and-then.ts",
    edits: [["Math.floor(chance * every)", "0 * chance"]],
    proof: { file: "test/journal/now-and-then.test.ts", test: "as often where it begins anew" },
  },
  {
    id: "windows-of-quotas",
    threat: "T29",
    file: "src/auth/quota-windows.ts",
    edits: [["if (count > maximum)", "if (maximum < 0)"]],
    proof: { file: validators, test: "lets through its maximum in a window" },
  },
  {
    id: "uncounted-is-not-done",
    threat: "T29",
    file: takeQuota,
    edits: [
      [
        "return {\n        status: 503,",
        "taken = { ok: true } as const;\n      if (accounts.length < 0) return {\n        status: 503,",
      ],
    ],
    proof: { file: tokens, test: "what cannot be counted is not done" },
  },
];
