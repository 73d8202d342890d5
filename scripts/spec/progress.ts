import type { WriteStream } from "node:tty";

/** One line that says what is being done: rewritten in place on a terminal, a line each elsewhere. */
export function progressTo(stream: WriteStream | NodeJS.WriteStream): {
  say: (message: string) => void;
  done: () => void;
} {
  let last = "";
  const say = (message: string): void => {
    if (message === last) return;
    last = message;
    stream.write(stream.isTTY ? `\r\u001B[K${message}…` : `${message}…\n`);
  };
  return { say, done: () => void (stream.isTTY && last !== "" && stream.write("\r\u001B[K")) };
}
