// Cloudflare's prices, in US dollars, as its pages said in November 2026: what a million costs past what the plan includes.

interface Price {
  /** Of one million units. */
  million: number;
  /** Units of a month that the plan includes. */
  included: number;
  /** The page that says so, below developers.cloudflare.com. */
  page: string;
}

const workers = "workers/platform/pricing";
const objects = "durable-objects/platform/pricing";
const kv = "kv/platform/pricing";
const dynamic = "dynamic-workers/pricing";

export const prices = {
  isolates: { million: 2_000, included: 1_000, page: dynamic },
  requests: { million: 0.3, included: 10e6, page: workers },
  cpuMs: { million: 0.02, included: 30e6, page: workers },
  objectRequests: { million: 0.15, included: 1e6, page: objects },
  objectGbSeconds: { million: 12.5, included: 400e3, page: objects },
  rowsRead: { million: 0.001, included: 25e9, page: objects },
  rowsWritten: { million: 1, included: 50e6, page: objects },
  kvReads: { million: 0.5, included: 10e6, page: kv },
  kvWrites: { million: 5, included: 1e6, page: kv },
  /** Of a million gigabytes for a month. */
  storedGb: { million: 200_000, included: 5, page: objects },
} as const satisfies Record<string, Price>;

export type Billed = keyof typeof prices;
