import { accessSync, constants, existsSync } from "node:fs";
import { delimiter, join } from "node:path";

export interface Installed {
  /** Path of pdns_server. */
  server: string;
  /** Path of the tables its SQLite backend works on. */
  schema: string;
}

export const howToInstall =
  "PowerDNS is not on this machine. On Debian or Ubuntu: apt-get install pdns-server pdns-backend-sqlite3, " +
  "and systemctl disable --now pdns if its own service is not wanted.";

const schema = "/usr/share/pdns-backend-sqlite3/schema/schema.sqlite3.sql";

/** PowerDNS as Debian's packages install it, or undefined when one of the two is missing. */
export function findPowerdns(): Installed | undefined {
  // Debian gives the sbin folders to the PATH of root alone, and this server needs no root.
  const folders = [...(process.env["PATH"] ?? "").split(delimiter), "/usr/local/sbin", "/usr/sbin"];
  const server = folders.map((folder) => join(folder, "pdns_server")).find(isProgram);
  return server === undefined || !existsSync(schema) ? undefined : { server, schema };
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
