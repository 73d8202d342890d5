// Parts → the bytes of a multipart body and its content type. Pure: the same parts give the same bytes.

import { hex } from "./hex.ts";

export type Part = { name: string; bytes: Uint8Array; filename?: string; type?: string };

export async function toMultipart(
  parts: Part[],
  type = "multipart/form-data",
): Promise<{ bytes: Uint8Array; contentType: string }> {
  const boundary = await boundaryOf(parts);
  const encoder = new TextEncoder();
  const chunks = parts.flatMap(({ name, bytes, filename, type: partType }) => {
    const file = filename === undefined ? "" : `; filename="${escape(filename)}"`;
    const typeLine =
      partType === undefined ? "" : `Content-Type: ${partType.replaceAll(/[^\x20-\x7e]/g, "")}\r\n`;
    const head = `--${boundary}\r\nContent-Disposition: form-data; name="${escape(name)}"${file}\r\n${typeLine}\r\n`;
    return [encoder.encode(head), bytes, encoder.encode("\r\n")];
  });
  chunks.push(encoder.encode(`--${boundary}--\r\n`));
  const whole = new Uint8Array(chunks.reduce((sum, chunk) => sum + chunk.length, 0));
  let offset = 0;
  for (const chunk of chunks) {
    whole.set(chunk, offset);
    offset += chunk.length;
  }
  return { bytes: whole, contentType: `${type}; boundary=${boundary}` };
}

/** A digest of all the parts: to occur in one of them it would have to be a digest of itself. */
async function boundaryOf(parts: Part[]): Promise<string> {
  const digests = await Promise.all(
    parts.map(({ bytes }) => crypto.subtle.digest("SHA-256", bytes as Uint8Array<ArrayBuffer>)),
  );
  const all = new Uint8Array(await new Blob(digests).arrayBuffer());
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", all));
  return `twofold-${hex(digest.slice(0, 20))}`;
}

/** As browsers write a name: what would end it or its line is percent-encoded. */
function escape(name: string): string {
  return name
    .toWellFormed()
    .replaceAll('"', "%22")
    .replaceAll("\r", "%0D")
    .replaceAll("\n", "%0A")
    .replaceAll("\0", "%00");
}
