import { join } from "node:path";
import { checkDocument, type CheckReport } from "./check-document.ts";
import { documentCredential } from "./document-credential.ts";
import { type LoadReport, loadDocument } from "./load-document.ts";
import { cutDocument } from "./cut-document.ts";
import { isUrl, type OpenOptions } from "./open-source.ts";
import { parseText } from "./parse-text.ts";
import { applyPolicy, type PolicyReport } from "./policy.ts";
import { readLocalFile } from "./read-file.ts";
import { readingLimits } from "./reading-limits.ts";
import { apiDirectory, type ApiSettings, settingsFile } from "./settings.ts";

export interface PreparedApi {
  document: Record<string, unknown>;
  load: LoadReport;
  check: CheckReport;
  /** What the policy of the settings does to these operations; only of an API that has one. */
  policy?: PolicyReport;
  /** The document before its upgrade, where that was asked for. */
  published?: Record<string, unknown>;
}

export interface PrepareOptions extends OpenOptions {
  onProgress?: (message: string) => void;
  keepPublished?: boolean;
}

/** Loads and checks a document that belongs to no API yet. */
export async function prepareDocument(source: string, options: PrepareOptions = {}): Promise<PreparedApi> {
  const { document, report, published } = await loadDocument(source, options);
  const json = document as unknown as Record<string, unknown>;
  const check = checkDocument(json, source);
  return { document: json, load: report, check, ...(published && { published }) };
}

/** Loads and checks the document of an API with the overlay and notes of its settings. */
export async function prepareApi(
  name: string,
  settings: ApiSettings,
  root: string,
  options: PrepareOptions = {},
): Promise<PreparedApi> {
  const source = isUrl(settings.source) ? settings.source : join(root, settings.source);
  const overlay =
    settings.overlay === undefined ? {} : { overlay: await readOverlay(name, settings.overlay, root) };
  const notes =
    settings.notes === undefined
      ? {}
      : { notes: { texts: settings.notes, place: `${settingsFile(name, root)} notes` } };
  const credential = await documentCredential(name, settings.source, settings, root);
  const { document, report } = await loadDocument(source, {
    ...options,
    ...overlay,
    ...notes,
    ...(credential && { credential }),
  });
  const json = document as unknown as Record<string, unknown>;
  const policy =
    settings.policy === undefined
      ? {}
      : {
          policy: applyPolicy(cutDocument(json).index, settings.policy, `${settingsFile(name, root)} policy`),
        };
  return { document: json, load: report, check: checkDocument(json, settings.source), ...policy };
}

async function readOverlay(
  name: string,
  file: string,
  root: string,
): Promise<{ value: unknown; place: string }> {
  const directory = apiDirectory(name, root);
  const place = join(directory, file);
  const body = await readLocalFile(place, readingLimits.totalBytes);
  return { value: parseText(body, place, readingLimits).value, place };
}
