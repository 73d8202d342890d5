import { type ParseArgsConfig, parseArgs } from "node:util";
import { meantName } from "../src/gateway/nearest-name.ts";

/** `parseArgs` of Node, with its errors in one sentence: it adds advice about positional arguments that helps with no flag of ours. */
export function readFlags<const T extends ParseArgsConfig>(config: T): ReturnType<typeof parseArgs<T>> {
  try {
    return parseArgs(config);
  } catch (error) {
    const [sentence = ""] = (error as Error).message.split(/\.\s/);
    const [, unknown] = /^Unknown option '--([^']+)'/.exec(sentence) ?? [];
    const meant = unknown === undefined ? undefined : meantName(unknown, Object.keys(config.options ?? {}));
    const hint = meant === undefined ? "" : ` Did you mean --${meant}?`;
    throw new Error(`${sentence.replace(/\.$/, "")}.${hint}`, { cause: error });
  }
}
