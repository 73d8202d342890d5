import { z } from "zod";

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

export const settingsSchema = z
  .strictObject({
    /** A URL, a path from the project's folder, or `playground`. */
    source: z.string().min(1),
    baseUrl: baseUrlSchema.optional(),
    auth: authSchema,
    policy: z.record(z.string(), z.unknown()).optional(),
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
