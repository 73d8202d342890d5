// One file's bytes to a JSON value. JSON first when it looks like JSON, else YAML 1.2 with merge keys.

import { CORE_SCHEMA, load, mergeTag, YAMLException } from "js-yaml";
import { DocumentRefused, type Finding } from "./document-refused.ts";
import { duplicateKeys } from "./duplicate-keys.ts";
import { measureTree, nestedTooDeeply } from "./measure-tree.ts";
import type { ReadingLimits } from "./reading-limits.ts";

// The core schema leaves dates and yes/no as the strings they are; `<<` is YAML 1.1 but common in documents.
const schema = CORE_SCHEMA.withTags(mergeTag);

interface ParsedText {
  value: unknown;
  findings: Finding[];
}

export function parseText(body: Buffer, place: string, limits: ReadingLimits): ParsedText {
  const text = decode(body, place);
  const parsed = /^\s*[[{]/.test(text) ? parseJson(text, place, limits) : parseYaml(text, place, limits);
  measureTree(parsed.value, place, limits);
  return parsed;
}

function decode(body: Buffer, place: string): string {
  const utf16 = body[0] === 0xff && body[1] === 0xfe;
  try {
    return new TextDecoder(utf16 ? "utf-16le" : "utf-8", { fatal: true, ignoreBOM: false }).decode(body);
  } catch {
    throw new DocumentRefused(place, "is not UTF-8 text.", "Save it as UTF-8.");
  }
}

function parseJson(text: string, place: string, limits: ReadingLimits): ParsedText {
  try {
    return { value: JSON.parse(text), findings: duplicateKeys(text, place) };
  } catch (error) {
    if (error instanceof RangeError) throw new DocumentRefused(place, nestedTooDeeply(limits));
    // A YAML file may begin with a brace too. When it is neither, the complaint about JSON is the better one.
    try {
      return parseYaml(text, place, limits);
    } catch {
      throw new DocumentRefused(place, `is not valid JSON: ${(error as Error).message}.`);
    }
  }
}

function parseYaml(text: string, place: string, limits: ReadingLimits): ParsedText {
  const options = { schema, maxDepth: limits.depth, maxTotalMergeKeys: 1_000_000 };
  try {
    return { value: load(text, options), findings: [] };
  } catch (error) {
    if (!isDuplicate(error)) throw refusal(error, place, limits);
    // The later of two equal keys wins, as in JSON; only the first such place is known.
    try {
      const message =
        "a key occurs twice; the last one counts. Later places like it in this file are not listed.";
      return {
        value: load(text, { ...options, json: true }),
        findings: [{ place: `${place}:${position(error)}`, message }],
      };
    } catch (second) {
      throw refusal(second, place, limits);
    }
  }
}

function isDuplicate(error: unknown): error is YAMLException {
  return error instanceof YAMLException && error.reason.startsWith("duplicated mapping key");
}

function refusal(error: unknown, place: string, limits: ReadingLimits): DocumentRefused {
  if (error instanceof RangeError) return new DocumentRefused(place, nestedTooDeeply(limits));
  if (!(error instanceof YAMLException))
    return new DocumentRefused(place, `is not valid YAML: ${(error as Error).message}.`);
  const where = position(error);
  return new DocumentRefused(
    where === "" ? place : `${place}:${where}`,
    error.reason.startsWith("nesting exceeded")
      ? nestedTooDeeply(limits)
      : `is not valid YAML: ${error.reason}.`,
  );
}

function position(error: YAMLException): string {
  return error.mark === undefined ? "" : `${error.mark.line + 1}:${error.mark.column + 1}`;
}
