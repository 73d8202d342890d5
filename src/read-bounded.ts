// The body of a request as text, as long as it is not too long. Never reads on once it is.

/** @param maximum bytes @returns undefined when there are more */
export async function readBounded(request: Request, maximum: number): Promise<string | undefined> {
  if (Number(request.headers.get("content-length") ?? 0) > maximum) return undefined;
  const decoder = new TextDecoder();
  let text = "";
  let size = 0;
  for await (const chunk of request.body ?? []) {
    size += chunk.length;
    if (size > maximum) return undefined;
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}
