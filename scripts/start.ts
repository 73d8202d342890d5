import { relative } from "node:path";
import { describeExit } from "./dev-server/exit.ts";
import { banner } from "./start/banner.ts";
import { bringUp, type Running, type Started } from "./start/bring-up.ts";
import { readOptions, usage } from "./start/options.ts";
import { untilToldToEnd } from "./start/until-told-to-end.ts";
import { printFailure } from "./print-failure.ts";

const running: Running[] = [];
let ending = false;
// A terminal that was closed, or a reader that left: end as if told to, and not with a stack trace.
process.stdout.on("error", () => process.emit("SIGHUP"));
const told = untilToldToEnd();
const code = await Promise.race([told, run()]);
ending = true;
await Promise.all(running.map((one) => one.stop()));
process.exit(code);

async function run(): Promise<number> {
  try {
    const options = await readOptions(process.argv.slice(2));
    if (options.help) {
      console.log(usage);
      return 0;
    }
    const started = await bringUp(options, console.log, (one) => {
      running.push(one);
      // The signal came while this one was starting: it missed the end and must get its own.
      if (ending) void one.stop();
    });
    console.log(banner(started.url, options.api, started.needsToken));
    return await firstDeath(started);
  } catch (error) {
    if (!ending) printFailure(error);
    return 1;
  }
}

async function firstDeath({ parts }: Started): Promise<number> {
  const [name, log, part, exit] = await Promise.race(
    parts.map(async (one) => [one.name, one.log, one.part, await one.part.exited] as const),
  );
  // Told to end: stop() is what ended it.
  if (ending) return 0;
  console.error(
    `${name} ended by itself (${describeExit(exit)}). Its last lines, of ${relative(process.cwd(), log)}:\n${part.recentOutput()}`,
  );
  console.error("Start again with: npm start");
  return 1;
}
