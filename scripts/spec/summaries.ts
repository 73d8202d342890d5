import { sentence } from "../../src/sandbox/sentence.guest.js";
import { mapOperations, mapPathItems } from "./map-operations.ts";

/** Characters of a summary made here: it is read with every search, and shown with every hit. */
const summaryChars = 120;

/**
 * The document with the beginning of its description as the summary of every operation that has none: what `find` shows,
 * and what a program looks through. The given one is left as it is.
 */
export function withSummaries(document: Record<string, unknown>): Record<string, unknown> {
  return mapPathItems(document, (item) =>
    mapOperations(item, (operation) => {
      const { summary, description } = operation;
      if (summary !== undefined && summary !== "") return operation;
      const said = sentence(description, summaryChars);
      return said === "" ? operation : { ...operation, summary: said };
    }),
  );
}
