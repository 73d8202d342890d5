import { join } from "node:path";
import { repositoryRoot } from "../repository-root.ts";
import { listApis } from "../spec/settings.ts";
import { readFlags } from "../read-flags.ts";

export const playgroundName = "playground";

export interface StartOptions {
  api: string;
  port: number;
  /** Folder of logs, lock and local storage of this start. */
  state: string;
  fresh: boolean;
  help: boolean;
}

export const usage = `Usage: npm start -- [options]

  --port N     where Twofold listens (default 8787); one or two free ports after it are used too
  --api NAME   serve spec/NAME instead of the playground
  --fresh      reset the playground to its first state
  --state DIR  keep logs and local storage in DIR (default .wrangler/NAME)
  --help       this text`;

export async function readOptions(args: string[]): Promise<StartOptions> {
  const { port, api, fresh, state, help } = parse(args);
  if (!/^\d{1,5}$/.test(port) || Number(port) < 1 || Number(port) > 65_535) {
    throw new Error(
      `--port takes a number from 1 to 65535, not "${port}". For example: npm start -- --port 8790`,
    );
  }
  const known = await listApis();
  if (!known.includes(api)) {
    throw new Error(
      `There is no API named "${api}" under spec/. Known: ${known.join(", ")}. ` +
        `To add one: npm run spec -- add NAME FILE|URL`,
    );
  }
  if (fresh && api !== playgroundName) {
    throw new Error(
      `--fresh resets the playground, and --api ${api} does not use it. Leave one of the two out.`,
    );
  }
  if (state === "") throw new Error("--state takes a folder: npm start -- --state DIR");
  if (state?.startsWith("~") === true)
    throw new Error(
      `--state ${state}: no shell made a home folder of that "~". Write the folder out, or "--state ~/…" with a blank.`,
    );
  return {
    api,
    port: Number(port),
    state: state ?? defaultState(api),
    fresh,
    help,
  };
}

export const defaultState = (api: string) => join(repositoryRoot, ".wrangler", api);

function parse(args: string[]) {
  try {
    return readFlags({
      args,
      options: {
        port: { type: "string", default: "8787" },
        api: { type: "string", default: playgroundName },
        fresh: { type: "boolean", default: false },
        state: { type: "string" },
        help: { type: "boolean", default: false, short: "h" },
      },
    }).values;
  } catch (error) {
    throw new Error(`${(error as Error).message} The flags are: npm start -- --help`, { cause: error });
  }
}
