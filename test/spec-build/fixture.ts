import { join } from "node:path";
import { loadDocument, type LoadOptions, type LoadReport } from "../../scripts/spec/load-document.ts";

export function fixturePath(name: string): string {
  return join(import.meta.dirname, "../fixtures/documents", name);
}

// eslint-disable-next-line typescript/no-explicit-any -- tests read deep into documents they know
export type Loose = any;

export async function loadFixture(
  name: string,
  options?: LoadOptions,
): Promise<{ document: Loose; report: LoadReport }> {
  return loadDocument(fixturePath(name), options);
}
