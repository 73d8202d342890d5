/**
 * Prints why a script gives up. Errors thrown on purpose are plain `Error`s whose message is a whole
 * sentence for the person at the keyboard; anything else is our bug, and there the stack is the message.
 */
export function printFailure(error: unknown): void {
  const deliberate = error instanceof Error && error.constructor === Error;
  process.stderr.write(
    `${deliberate ? error.message : error instanceof Error ? error.stack : String(error)}\n`,
  );
}
