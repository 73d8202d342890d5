// The results without their samples: small enough to be kept beside the page that is made of them.

import type { Results } from "../results.ts";

export function keptResults(results: Results): Results {
  const sections = results.sections.map((section) => {
    const kept = { ...section };
    delete kept.data;
    return kept;
  });
  return { ...results, sections };
}
