import { join } from "node:path";
import { repositoryRoot } from "../repository-root.ts";
import type { ArtifactReport } from "./artifact.ts";
import { DocumentRefused } from "./document-refused.ts";
import { prepareApi, type PreparedApi, type PrepareOptions } from "./prepare-api.ts";
import { publishArtifact } from "./publish-artifact.ts";
import { recordInputs } from "./built-from.ts";
import { apiDirectory, type ApiSettings, readSettings } from "./settings.ts";

export interface BuiltApi extends PreparedApi {
  name: string;
  settings: ApiSettings;
  artifact: ArtifactReport;
}

/** Rebuilds spec/NAME/artifact from the source in spec/NAME/api.jsonc; on failure the old artifact stays. */
export async function buildApi(
  name: string,
  options: PrepareOptions & { root?: string } = {},
): Promise<BuiltApi> {
  const root = options.root ?? repositoryRoot;
  const settings = await readSettings(name, root);
  if (settings.source === "playground") {
    throw new DocumentRefused(
      name,
      "its document comes from the running playground.",
      "Build and start it with: npm start",
    );
  }
  const prepared = await prepareApi(name, settings, root, options);
  options.onProgress?.("Writing the artifact");
  const directory = join(apiDirectory(name, root), "artifact");
  const artifact = await publishArtifact(directory, { name, document: prepared.document, settings });
  await recordInputs(name, root);
  return { name, settings, ...prepared, artifact };
}
