// Loaded before the TypeScript scripts, so it must itself run on any Node from 18 on and import nothing
// that `npm ci` installs. It turns "unknown file extension .ts" and friends into one sentence.
import { existsSync } from "node:fs";

const command = process.env.npm_lifecycle_event;
const again = command === "start" ? "npm start" : `npm run ${command ?? "SCRIPT"}`;

function stop(message) {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}

if (!existsSync(new URL("../node_modules/wrangler/package.json", import.meta.url))) {
  stop("Twofold's packages are not installed. Run: npm ci");
}

// 22.18 is the first release that runs .ts files without a flag; wrangler needs 22.12.
const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
if (major < 22 || (major === 22 && minor < 18)) {
  stop(
    `This script needs Node 22.18 or newer and was started with ${process.versions.node}. ` +
      `npm scripts bring their own Node: run \`npm ci\` once, then \`${again}\`.`,
  );
}
