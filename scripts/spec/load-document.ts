// A source to one OpenAPI 3.1 (or 3.2) document: a plain JSON tree whose references are internal and resolve.

import type { OpenAPIV3_1 } from "openapi-types";
import { bundle } from "./bundle.ts";
import { checkReferences } from "./check-references.ts";
import { readFiles } from "./document-files.ts";
import type { Finding } from "./document-refused.ts";
import { applyNotes } from "./notes.ts";
import { placePathItems } from "./path-item-references.ts";
import { isUrl, type OpenOptions, openSource } from "./open-source.ts";
import { applyOverlay } from "./overlay.ts";
import { hideProto, mapText, showProto } from "./proto-names.ts";
import { readingLimits } from "./reading-limits.ts";
import { isOlder, upgrade, versionOf } from "./upgrade.ts";

export interface LoadOptions extends OpenOptions {
  /** Written against the document as its author published it, so applied before the upgrade. */
  overlay?: { value: unknown; place: string };
  /** By operationId or `GET /path`. */
  notes?: { texts: Record<string, string>; place: string };
  onProgress?: (message: string) => void;
  /** Answer the document before the upgrade too. */
  keepPublished?: boolean;
}

export interface LoadReport {
  /** Of the document as it was written, e.g. `2.0` or `3.0.3`. */
  version: string;
  files: number;
  bytes: number;
  findings: Finding[];
}

interface LoadedDocument {
  document: OpenAPIV3_1.Document;
  report: LoadReport;
  /** In the version its author wrote, all in one file: what overlays are written against. */
  published?: Record<string, unknown>;
}

export async function loadDocument(source: string, options: LoadOptions = {}): Promise<LoadedDocument> {
  const progress = options.onProgress ?? (() => {});
  const limits = options.limits ?? readingLimits;
  progress("Reading the document");
  const opened = await openSource(source, options);
  const files = await readFiles(opened, limits, progress);
  const version = versionOf(files.root.value, source);
  progress("Bringing its files together");
  const bundled = bundle(files, limits);
  const findings = [...files.findings, ...bundled.findings];
  // What follows changes the tree in place.
  const published = options.keepPublished
    ? { published: structuredClone(mapText(bundled.document, showProto)) as Record<string, unknown> }
    : {};
  if (options.overlay !== undefined) {
    const { value, place } = options.overlay;
    findings.push(...applyOverlay(bundled.document, mapText(value, hideProto), place));
  }
  if (isOlder(version)) progress(`Upgrading from ${version.given} to OpenAPI 3.1`);
  const scheme = isUrl(source) && new URL(files.root.url).protocol === "http:" ? "http" : "https";
  const upgraded = upgrade(bundled.document, version, scheme);
  findings.push(...upgraded.findings);
  const document = mapText(upgraded.document, showProto) as Record<string, unknown>;
  findings.push(...checkReferences(document));
  placePathItems(document);
  if (options.notes !== undefined)
    findings.push(...applyNotes(document, options.notes.texts, options.notes.place));
  const report = { version: version.given, ...opened.read, findings };
  return { document: document as unknown as OpenAPIV3_1.Document, report, ...published };
}
