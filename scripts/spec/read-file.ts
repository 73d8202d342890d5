import { constants } from "node:fs";
import { open, realpath } from "node:fs/promises";
import { isAbsolute, relative, sep } from "node:path";
import { DocumentRefused } from "./document-refused.ts";

/**
 * Reads one regular file. With `within`, a real directory, the file's real path must lie below it, so
 * neither `../` nor a symbolic link leads out.
 */
export async function readLocalFile(path: string, maximumBytes: number, within?: string): Promise<Buffer> {
  const real = await realpath(path).catch(() => {
    throw new DocumentRefused(path, "there is no such file.");
  });
  if (within !== undefined) {
    const inside = relative(within, real);
    if (inside === ".." || inside.startsWith(`..${sep}`) || isAbsolute(inside)) {
      throw new DocumentRefused(
        path,
        `lies outside ${within}; a document may refer only to files below its own directory.`,
      );
    }
  }
  // Without O_NONBLOCK, opening a named pipe would wait for ever.
  const file = await open(real, constants.O_RDONLY | constants.O_NONBLOCK).catch(
    (error: NodeJS.ErrnoException) => {
      throw new DocumentRefused(path, `cannot be opened: ${error.code ?? error.message}.`);
    },
  );
  try {
    const stats = await file.stat();
    if (!stats.isFile()) throw new DocumentRefused(path, "is not a regular file.");
    if (stats.size > maximumBytes) {
      throw new DocumentRefused(
        path,
        `has ${stats.size} bytes, more than the ${maximumBytes} left for this document.`,
      );
    }
    return await file.readFile();
  } finally {
    await file.close();
  }
}
