// One operation's definition in full: what it takes, what it answers, what it asks for. Read when a call needs it.
// Never expands a schema: `$ref`s below it stay what they are.

import type { SpecDocument, Json } from "./document.ts";
import { isRecord } from "./document.ts";
import type { Operation } from "./operations.ts";

type Place = "path" | "query" | "header" | "cookie" | "querystring";

export type Parameter = {
  name: string;
  in: Place;
  required: boolean;
  style: string;
  explode: boolean;
  allowReserved: boolean;
  /** The schema of the value, or of what `content` holds. */
  schema: unknown;
  /** The content type of a parameter that is serialised as one, e.g. JSON. */
  contentType?: string;
};

export type MediaType = { type: string; schema: unknown; encoding: Record<string, Encoding> };

/** How one field of a form is written. */
export type Encoding = { contentType?: string; style?: string; explode?: boolean; allowReserved?: boolean };

export type OperationDetails = {
  parameters: Parameter[];
  /** Undefined when the operation takes no body. */
  requestBody?: { required: boolean; content: MediaType[] };
  /** By status, as the document writes them; a `$ref` may stand for any of them. */
  responses: Json;
  /** Alternatives, each of schemes and scopes: the operation's own, or the document's. */
  security: unknown[];
};

export function readDetails(document: SpecDocument, operation: Operation): OperationDetails {
  const own = document.operation(operation.number);
  const shared = document.pathItem(operation.item);
  const parameters = new Map<string, Parameter>();
  for (const list of [shared["parameters"], own["parameters"]]) {
    for (const raw of Array.isArray(list) ? list : []) {
      const parameter = readParameter(document.resolve(raw), document);
      if (parameter !== undefined) parameters.set(`${parameter.in} ${parameter.name}`, parameter);
    }
  }
  const body = document.resolve(own["requestBody"]);
  const security = own["security"] ?? document.rootValue("security");
  return {
    parameters: [...parameters.values()],
    ...(isRecord(body)
      ? {
          requestBody: {
            required: body["required"] === true,
            content: readContent(body["content"], document),
          },
        }
      : {}),
    responses: isRecord(own["responses"]) ? own["responses"] : {},
    security: Array.isArray(security) ? security : [],
  };
}

const places = new Set<unknown>(["path", "query", "header", "cookie", "querystring"]);
/** How Swagger 2.0 wrote lists where OpenAPI 3 has no style for it; the build keeps the word. */
const swaggerStyles: Record<string, string> = {
  ssv: "spaceDelimited",
  pipes: "pipeDelimited",
  tsv: "tabDelimited",
};

function readParameter(raw: unknown, document: SpecDocument): Parameter | undefined {
  if (!isRecord(raw) || typeof raw["name"] !== "string" || !places.has(raw["in"])) return undefined;
  const place = raw["in"] as Place;
  const [media] = readContent(raw["content"], document);
  const swagger = swaggerStyles[String(raw["x-collectionFormat"])];
  const usual = place === "query" || place === "cookie" ? "form" : "simple";
  const style = swagger ?? (typeof raw["style"] === "string" ? raw["style"] : usual);
  return {
    name: raw["name"],
    in: place,
    required: raw["required"] === true || place === "path",
    style,
    explode: typeof raw["explode"] === "boolean" ? raw["explode"] : style === "form" || style === "cookie",
    allowReserved: raw["allowReserved"] === true,
    schema: media === undefined ? raw["schema"] : media.schema,
    ...(media === undefined ? {} : { contentType: media.type }),
  };
}

function readContent(content: unknown, document: SpecDocument): MediaType[] {
  const entries = Object.entries(isRecord(content) ? content : {});
  return entries.map(([type, raw]) => {
    const media = document.resolve(raw);
    const encoding = isRecord(media) && isRecord(media["encoding"]) ? media["encoding"] : {};
    return {
      type,
      // A stream of items is described by one of them.
      schema: isRecord(media) ? (media["schema"] ?? ofItems(media["itemSchema"])) : undefined,
      encoding: Object.fromEntries(
        Object.entries(encoding).map(([name, value]) => [name, readEncoding(value)]),
      ),
    };
  });
}

function ofItems(itemSchema: unknown): unknown {
  return itemSchema === undefined ? undefined : { type: "array", items: itemSchema };
}

function readEncoding(raw: unknown): Encoding {
  if (!isRecord(raw)) return {};
  const { contentType, style, explode, allowReserved } = raw;
  return {
    ...(typeof contentType === "string" ? { contentType } : {}),
    ...(typeof style === "string" ? { style } : {}),
    ...(typeof explode === "boolean" ? { explode } : {}),
    ...(typeof allowReserved === "boolean" ? { allowReserved } : {}),
  };
}
