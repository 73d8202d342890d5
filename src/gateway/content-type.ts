// What a content type says of a body. Pure.

/** `application/json; charset=utf-8` → `application/json`. */
export function essence(contentType: string): string {
  return (contentType.split(";")[0] ?? "").trim().toLowerCase();
}

export function isJson(contentType: string): boolean {
  return /^(application|text)\/(.+\+)?json$/.test(essence(contentType));
}

/** JSON values one after another: NDJSON, JSON Lines, JSON text sequences. */
export function isJsonLines(contentType: string): boolean {
  return /^application\/((x-)?ndjson|(x-)?jsonl(ines)?|x-json-?stream|stream\+json|(.+\+)?json-seq)$/.test(
    essence(contentType),
  );
}

export function isMultipart(contentType: string): boolean {
  return essence(contentType).startsWith("multipart/");
}

export function isUrlencoded(contentType: string): boolean {
  return essence(contentType) === "application/x-www-form-urlencoded";
}

export function isForm(contentType: string): boolean {
  return isMultipart(contentType) || isUrlencoded(contentType);
}

/** Whether a type, or a range such as `image/*`, takes in another. */
export function takes(range: string, contentType: string): boolean {
  const [wanted, given] = [essence(range), essence(contentType)];
  return (
    wanted === "*/*" ||
    wanted === "*" ||
    wanted === given ||
    (wanted.endsWith("/*") && given.startsWith(wanted.slice(0, -1)))
  );
}
