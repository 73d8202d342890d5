import { z } from "zod";
import { additionalMethods, httpMethods } from "../../src/spec/format.ts";

const headerName = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;

/** Headers that say where a request goes, how it is framed or what its body is: a key in one breaks every call. */
const reservedHeader =
  /^(host|x-forwarded-host|forwarded|connection|keep-alive|proxy-connection|upgrade|te|trailer|transfer-encoding|content-(length|type|encoding)|accept|accept-encoding|expect|via|cookie2|set-cookie|http2-settings)$/i;

export function isReservedHeader(name: unknown): boolean {
  return typeof name === "string" && reservedHeader.test(name);
}

const apiKey = z.strictObject({
  type: z.literal("apiKey"),
  in: z.enum(["header", "query", "cookie"]),
  name: z
    .string()
    .min(1)
    .regex(/^[^\p{Cc}]+$/u, "must not hold control characters"),
});

export const authSchema = z
  .discriminatedUnion("type", [
    z.strictObject({ type: z.literal("none") }),
    z.strictObject({ type: z.literal("bearer") }),
    z.strictObject({ type: z.literal("basic") }),
    apiKey,
  ])
  .refine((auth) => auth.type !== "apiKey" || auth.in === "query" || headerName.test(auth.name), {
    path: ["name"],
    message: "must be the name of a header or cookie: letters, digits and !#$%&'*+.^_`|~-",
  })
  .refine((auth) => auth.type !== "apiKey" || auth.in !== "header" || !isReservedHeader(auth.name), {
    path: ["name"],
    message: "is a header that HTTP itself uses, so it cannot carry a credential",
  });

export type ApiAuth = z.infer<typeof authSchema>;

/** The base URL of the calls: a place to append paths to, so nothing may follow its path. */
export const baseUrlSchema = z.string().refine(
  (text) => {
    const url = URL.parse(text);
    return (
      url !== null &&
      /^https?:$/.test(url.protocol) &&
      url.search === "" &&
      url.hash === "" &&
      url.username === "" &&
      url.password === ""
    );
  },
  { message: "must be an http(s) URL without user, query or fragment, such as https://api.example.com/v1" },
);

const methodNames: readonly string[] = [
  ...[...httpMethods, ...additionalMethods].map((name) => name.toLowerCase()),
  "*",
];

/** Which operations an entry of the policy means; see policy.ts. */
const selector = z
  .string()
  .min(1)
  .refine(
    (text) => {
      if (text.startsWith("/")) return false;
      const method = /^(\S+)\s+\//.exec(text)?.[1];
      return method === undefined || methodNames.includes(method.toLowerCase());
    },
    {
      message: `must be an operationId, "tag:NAME", or a method and path such as "GET /users/{id}", "DELETE /users/**" or "* /admin/**"`,
    },
  );

const policySchema = z.strictObject({
  /** Only read, whatever their method: searches by POST, for example. */
  reads: z.array(selector).optional(),
  /** Act, whatever their method: a GET that starts a job, for example. */
  writes: z.array(selector).optional(),
  /** Delete, whatever their method: a POST that empties a bucket, for example. */
  deletes: z.array(selector).optional(),
  /** Nobody may call these, with a reason or without. */
  deny: z
    .array(z.union([selector, z.strictObject({ operations: selector, reason: z.string().min(1) })]))
    .optional(),
  /** Exceptions from `deny`. */
  allow: z.array(selector).optional(),
  /** Fields of answers that no program sees: a name, or the end of a dotted path such as `owner.email`. */
  redact: z
    .array(z.string().regex(/^[^.]+(\.[^.]+)*$/, "must be a field's name, or names joined by dots"))
    .optional(),
});

export type ApiPolicy = z.infer<typeof policySchema>;

/** Besides read and write: sets of operations that need a scope of their own. */
const scopesSchema = z.record(
  z
    .string()
    .regex(
      /^[a-z][a-z0-9:._-]{0,40}$/,
      "must be lower-case letters, digits and :._-, at most 41, a letter first",
    )
    .refine(
      (name) => !["read", "write", "offline_access", "openid"].includes(name),
      "has a meaning of its own",
    ),
  z.strictObject({ says: z.string().min(1).max(200), operations: z.array(selector).min(1) }),
);

export type ApiScopes = z.infer<typeof scopesSchema>;

const pointer = z.string().regex(/^(\/[^/]*)+$/, "must be a JSON Pointer such as /user/id");

const httpsUrl = z.string().refine((text) => {
  const url = URL.parse(text);
  if (url === null || url.hash !== "" || url.username !== "" || url.password !== "") return false;
  return (
    url.protocol === "https:" || (url.protocol === "http:" && /^(localhost|127\.0\.0\.1)$/.test(url.hostname))
  );
}, "must be an https URL without user and fragment");

/** How a token that somebody brings is told from a wrong one. */
const signInSchema = z.strictObject({
  /** A reading operation without placeholders that answers only to a valid credential: an operationId, or `GET /user`. */
  probe: z.string().min(1),
  /** JSON Pointer into its answer: the account's stable id. Without it each token is an account of its own. */
  account: pointer.optional(),
  /** What the API's tokens look like, as a regular expression of the whole token. */
  tokenPattern: z
    .string()
    .min(1)
    .refine((text) => {
      try {
        return !new RegExp(`^(?:${text})$`).test("a:b:c");
      } catch {
        return false;
      }
    }, "must be a regular expression of the API's tokens, and fit no text of three parts with colons, which are our own tokens")
    .optional(),
  /** The API's own OAuth sign-in, by authorization code. */
  oauth: z
    .strictObject({
      authorizationUrl: httpsUrl,
      tokenUrl: httpsUrl,
      /** RFC 7009; without it a sign-out ends only the grant here. */
      revocationUrl: httpsUrl.optional(),
      /** The API's scopes, by the scope here that needs them. */
      scopes: z.record(z.string(), z.array(z.string().min(1))).optional(),
      clientAuth: z.enum(["basic", "form"]).optional(),
    })
    .optional(),
});

export type ApiSignIn = z.infer<typeof signInSchema>;

const regularExpression = z
  .string()
  .min(1)
  .refine(isRegularExpression, "must be a regular expression of the whole value");

function isRegularExpression(text: string): boolean {
  try {
    return new RegExp(`^(?:${text})$`, "v") instanceof RegExp;
  } catch {
    return false;
  }
}

const contextValue = z.string().min(1).max(200);

/** Values programs get as `context.NAME`: fixed, read off the probe's answer to a person's token, or asked for at sign-in. */
const contextSchema = z.record(
  z.string().regex(/^[A-Za-z_$][\w$]*$/, "must be a name a program can write after a dot"),
  z.union([
    z.strictObject({ value: contextValue }),
    z.strictObject({
      from: pointer,
      pattern: regularExpression.optional(),
      default: contextValue.optional(),
    }),
    z.strictObject({
      ask: z.string().min(1).max(100),
      pattern: regularExpression.optional(),
      default: contextValue.optional(),
    }),
  ]),
);

export type ApiContext = z.infer<typeof contextSchema>;

/** A GraphQL endpoint, where the document has none or calls it something else. */
const graphqlSchema = z.strictObject({
  path: z.string().regex(/^\/[^?#{}]*$/, "must be a path below baseUrl, such as /graphql"),
});

export type ApiGraphql = z.infer<typeof graphqlSchema>;

/** What the journal holds beyond what was called and how it was answered. */
const journalSchema = z.strictObject({
  /** Bodies of calls and of their answers, without what is secret: of no call, of those that write, or of all. */
  bodies: z.enum(["none", "writes", "all"]).optional(),
});

export type ApiJournal = z.infer<typeof journalSchema>;

export const settingsSchema = z
  .strictObject({
    /** A URL, a path from the project's folder, or `playground`. */
    source: z.string().min(1),
    baseUrl: baseUrlSchema.optional(),
    auth: authSchema,
    policy: policySchema.optional(),
    scopes: scopesSchema.optional(),
    signIn: signInSchema.optional(),
    graphql: graphqlSchema.optional(),
    context: contextSchema.optional(),
    journal: journalSchema.optional(),
    notes: z.record(z.string(), z.string()).optional(),
    overlay: z
      .string()
      .regex(/^[^/\\]+$/, "must be the name of a file in the same folder")
      .optional(),
  })
  .refine((settings) => settings.baseUrl !== undefined || settings.source === "playground", {
    path: ["baseUrl"],
    message:
      "is missing: the address that paths of the document are appended to, such as https://api.example.com/v1",
  });
