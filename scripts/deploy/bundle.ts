// The Worker as it would be uploaded, and whether Cloudflare takes it. Uploads nothing.

import { complaint, deployEntry, wrangler } from "./wrangler.ts";

/** Bytes, gzipped: what Cloudflare takes of one Worker on the Workers Paid plan; on the free plan, which has no isolates, 3 MiB. */
const bundleLimit = 10 * 1024 * 1024;

interface Bundle {
  bytes: number;
  gzipped: number;
  /** What wrangler says of it, with its bindings. */
  says: string;
}

/** Builds what would be uploaded; asks nobody. */
export async function buildBundle(config: string, rest: readonly string[]): Promise<Bundle> {
  const ran = await wrangler(["deploy", "--dry-run", "--config", config, ...rest]);
  const { raw_bytes: bytes = 0, gzip_bytes: gzipped = 0 } = (deployEntry(ran)?.["bundle_size"] ?? {}) as {
    raw_bytes?: number;
    gzip_bytes?: number;
  };
  if (ran.code !== 0 || gzipped === 0) throw new Error(`The Worker could not be built: ${complaint(ran)}`);
  return { bytes, gzipped, says: ran.stdout };
}

export function requireFit(bundle: Bundle): Bundle {
  if (bundle.gzipped <= bundleLimit) return bundle;
  throw new Error(
    `The Worker has ${inWords(bundle)}, more than Cloudflare takes. The document is the most of it: leave out what nobody needs with an overlay in api.jsonc, or deploy parts of the API as Workers of their own.`,
  );
}

export function inWords({ bytes, gzipped }: { bytes: number; gzipped: number }): string {
  return `${megabytes(bytes)}, ${megabytes(gzipped)} gzipped of ${megabytes(bundleLimit)}`;
}

function megabytes(bytes: number): string {
  return `${(bytes / 1024 / 1024).toFixed(bytes < 10_485_760 ? 1 : 0)} MiB`;
}
