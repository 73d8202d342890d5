// Where an OpenAPI document of any version holds what. It tells a schema from an example that looks like one,
// and a name that somebody chose from a keyword.

export type Kind =
  | "document"
  | "components"
  | "paths"
  | "pathItem"
  | "operation"
  | "parameter"
  | "requestBody"
  | "mediaType"
  | "encoding"
  | "responses"
  | "response"
  | "header"
  | "example"
  | "link"
  | "callback"
  | "schema"
  | "mapping"
  | "discriminator"
  | "securityScheme"
  /** A value that is the author's data, not OpenAPI: examples, defaults, enums. */
  | "data"
  /** The value of an `x-` field. */
  | "extension"
  /** Anything else; references in it are followed only where that leads somewhere. */
  | "other"
  | `map:${string}`;

const parameter = {
  schema: "schema",
  items: "schema",
  content: "map:mediaType",
  default: "data",
  enum: "data",
  example: "data",
  examples: "map:example",
} as const;
const schemas = (...keys: string[]): Record<string, Kind> =>
  Object.fromEntries(keys.map((key) => [key, "schema"]));
const schemaMaps = (...keys: string[]): Record<string, Kind> =>
  Object.fromEntries(keys.map((key) => [key, "map:schema"]));
const operations = ["get", "put", "post", "delete", "options", "head", "patch", "trace", "query"];

export const fields: Partial<Record<Kind, Record<string, Kind>>> = {
  document: {
    paths: "paths",
    webhooks: "map:pathItem",
    "x-webhooks": "map:pathItem",
    components: "components",
    definitions: "map:schema",
    parameters: "map:parameter",
    responses: "map:response",
    securityDefinitions: "map:securityScheme",
  },
  components: {
    schemas: "map:schema",
    responses: "map:response",
    parameters: "map:parameter",
    examples: "map:example",
    requestBodies: "map:requestBody",
    headers: "map:header",
    securitySchemes: "map:securityScheme",
    links: "map:link",
    callbacks: "map:callback",
    pathItems: "map:pathItem",
    mediaTypes: "map:mediaType",
  },
  pathItem: {
    ...Object.fromEntries(operations.map((method) => [method, "operation" as const])),
    additionalOperations: "map:operation",
    parameters: "parameter",
  },
  operation: {
    parameters: "parameter",
    requestBody: "requestBody",
    responses: "responses",
    callbacks: "map:callback",
  },
  parameter,
  header: parameter,
  requestBody: { content: "map:mediaType" },
  mediaType: {
    schema: "schema",
    itemSchema: "schema",
    example: "data",
    examples: "map:example",
    encoding: "map:encoding",
    itemEncoding: "encoding",
    prefixEncoding: "encoding",
  },
  encoding: {
    headers: "map:header",
    encoding: "map:encoding",
    itemEncoding: "encoding",
    prefixEncoding: "encoding",
  },
  // `examples` of a response is Swagger 2.0: media types straight to data.
  response: {
    headers: "map:header",
    content: "map:mediaType",
    links: "map:link",
    schema: "schema",
    examples: "map:data",
  },
  example: { value: "data", dataValue: "data" },
  link: { parameters: "data", requestBody: "data" },
  schema: {
    ...schemaMaps(
      "properties",
      "patternProperties",
      "dependentSchemas",
      "dependencies",
      "$defs",
      "definitions",
    ),
    ...schemas(
      "items",
      "prefixItems",
      "additionalProperties",
      "additionalItems",
      "unevaluatedItems",
      "unevaluatedProperties",
      "contains",
      "propertyNames",
      "not",
      "if",
      "then",
      "else",
      "contentSchema",
      "allOf",
      "anyOf",
      "oneOf",
    ),
    default: "data",
    example: "data",
    examples: "data",
    enum: "data",
    const: "data",
    discriminator: "discriminator",
  },
  discriminator: { mapping: "mapping" },
};
