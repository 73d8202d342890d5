import { playgroundName } from "../start/options.ts";
import { readFlags } from "../read-flags.ts";

export interface DeployOptions {
  api: string;
  /** The Worker's name in the account; none: the one of wrangler.jsonc. */
  worker?: string;
  vars: Record<string, string>;
  /** A file of NAME=value lines, or `env` for the environment. */
  secretsFrom?: string;
  /** The address to look at afterwards. */
  url?: string;
  dryRun: boolean;
  yes: boolean;
  /** For `wrangler deploy`. */
  rest: string[];
}

export const usage = `Usage: npm run deploy -- [--api NAME] [options] [-- flags of wrangler deploy]

  --api NAME           which API of spec/ to serve; may be left out where there is one alone
  --name WORKER        the Worker's name in your account (default: the one in wrangler.jsonc)
  --var NAME:VALUE     a variable, such as READ_ONLY:1; once for each. Never a secret
  --secrets-from FILE  take missing secrets from a file of NAME=value lines, or with "env" from the environment;
                       without it they are asked for
  --url URL            the address to look at afterwards, when it is a domain of your own
  --dry-run            check, build and say what would be done; needs no account and changes nothing
  --yes                answer every question of this script with yes; secrets are still asked for
  --help               this text

Exit code: 0 all is well, 1 something is not.`;

/** Flags of wrangler that would go round what was checked. */
const owned: Record<string, string> = {
  "--config": "this script writes the configuration",
  "-c": "this script writes the configuration",
  "--cwd": "this script writes the configuration",
  "--env": "use --name for a second Worker",
  "-e": "use --name for a second Worker",
  "--name": "give --name before the --",
  "--var": "give --var before the --",
  "--keep-vars": "variables are checked before, so all of them have to be given",
  "--secrets-file": "use --secrets-from before the --",
  "--dry-run": "give --dry-run before the --",
  "--alias": "it would exchange parts of the Worker",
  "--define": "it would exchange parts of the Worker",
  "--script": "it would exchange the Worker",
  "--assets": "it would exchange parts of the Worker",
  "--dispatch-namespace": "Workers for Platforms is not supported",
};

/** @param apis the names of those under spec/ */
export function readOptions(args: string[], apis: readonly string[]): DeployOptions | "help" {
  const end = args.indexOf("--");
  const rest = end === -1 ? [] : args.slice(end + 1);
  const { values } = parse(end === -1 ? args : args.slice(0, end));
  if (values.help) return "help";
  for (const flag of rest) {
    const why = owned[flag.split("=")[0] ?? ""];
    if (why !== undefined) throw new Error(`${flag} cannot be passed on to wrangler: ${why}.`);
  }
  // Workers Builds, which the deploy button starts, made the Worker and knows its name; wrangler follows it too.
  const worker = process.env["WRANGLER_CI_OVERRIDE_NAME"] || values.name;
  return {
    api: checkApi(values.api, apis),
    ...(worker !== undefined && { worker: checkWorker(worker) }),
    vars: Object.fromEntries((values.var ?? []).map(readVariable)),
    ...(values["secrets-from"] !== undefined && { secretsFrom: values["secrets-from"] }),
    ...(values.url !== undefined && { url: checkUrl(values.url) }),
    dryRun: values["dry-run"],
    yes: values.yes,
    rest,
  };
}

function parse(args: string[]) {
  try {
    return readFlags({
      args,
      options: {
        api: { type: "string" },
        name: { type: "string" },
        var: { type: "string", multiple: true },
        "secrets-from": { type: "string" },
        url: { type: "string" },
        "dry-run": { type: "boolean", default: false },
        yes: { type: "boolean", default: false, short: "y" },
        help: { type: "boolean", default: false, short: "h" },
      },
    });
  } catch (error) {
    throw new Error(
      `${(error as Error).message} Flags of wrangler itself go behind another --, as in: npm run deploy -- --api NAME -- --minify. All flags: npm run deploy -- --help`,
      { cause: error },
    );
  }
}

function checkApi(api: string | undefined, apis: readonly string[]): string {
  const known = apis.filter((name) => name !== playgroundName);
  const list = known.join(", ") || "none yet; add one with npm run spec -- add NAME FILE|URL";
  const [only] = known;
  if (api === undefined && only !== undefined && known.length === 1) return only;
  if (api === undefined) throw new Error(`Say which API to deploy, with --api NAME. Known: ${list}.`);
  if (api === playgroundName)
    throw new Error(
      "The playground exists only on this machine, so it cannot be deployed. Add your own API: npm run spec -- add NAME FILE|URL",
    );
  if (!known.includes(api)) throw new Error(`There is no API named "${api}" under spec/. Known: ${list}.`);
  return api;
}

/** workers.dev makes a host name of it. */
function checkWorker(name: string): string {
  if (/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(name)) return name;
  throw new Error(
    `"${name}" cannot be the name of a Worker. Use lower-case letters, digits and "-", at most 63, none of them "-" at either end.`,
  );
}

function readVariable(text: string): [string, string] {
  const at = text.indexOf(":");
  if (at > 0) return [text.slice(0, at), text.slice(at + 1)];
  throw new Error(`--var takes NAME:VALUE, such as READ_ONLY:1, not "${text}".`);
}

function checkUrl(text: string): string {
  const url = URL.parse(text);
  if (url !== null && /^https?:$/.test(url.protocol))
    return url.pathname === "/" ? `${url.origin}/mcp` : text;
  throw new Error(`--url takes an address such as https://api.example.com/mcp, not "${text}".`);
}
