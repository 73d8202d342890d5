// The table of guards against the files it speaks of. Pure but for the reading, and quick: it runs no test.

import type { Guard, Unproven } from "./guard.ts";

/** @param read a file of the checkout, undefined when there is none @returns what is wrong, a line each */
export function checkTable(
  guards: readonly Guard[],
  unproven: readonly Unproven[],
  read: (file: string) => string | undefined,
): string[] {
  const problems = guards.flatMap((guard) => checkGuard(guard, read));
  const twice = guards.filter(({ id }, n) => guards.findIndex((other) => other.id === id) !== n);
  for (const { id } of twice) problems.push(`${id}: two guards have this id.`);
  return [...problems, ...checkRows(guards, unproven, read("SECURITY.md") ?? "")];
}

function checkGuard({ id, file, edits, proof }: Guard, read: (file: string) => string | undefined): string[] {
  const source = read(file);
  if (source === undefined) return [`${id}: there is no ${file}.`];
  const moved = edits.flatMap(([find, replace]) => {
    const count = source.split(find).length - 1;
    if (count !== 1)
      return `${id}: the guard moved. ${JSON.stringify(find)} is ${count} times in ${file}, and must be there once.`;
    return find === replace ? `${id}: the edit of ${JSON.stringify(find)} changes nothing.` : [];
  });
  const test = read(proof.file);
  if (test === undefined) return [...moved, `${id}: there is no ${proof.file}.`];
  // As it stands between the quotes of a name.
  const missing = [proof.test, proof.row ?? ""].filter(
    (words) => !test.includes(JSON.stringify(words).slice(1, -1)),
  );
  return [...moved, ...missing.map((words) => `${id}: ${proof.file} has no test "${words}".`)];
}

/** Every row of SECURITY.md has a guard here, in each file the row names; every guard here has a row that names its file. */
function checkRows(guards: readonly Guard[], unproven: readonly Unproven[], security: string): string[] {
  const rows = [...security.matchAll(/^\| (T\d+) +\|[^|]*\|([^|]*)\|[^|]*\|$/gm)].map(
    ([, threat = "", files = ""]) => ({
      threat,
      files: [...files.matchAll(/`([^`]+)`/g)].map(([, file = ""]) => file),
    }),
  );
  const excused = new Set(unproven.map(({ threat }) => threat));
  const missing = rows.flatMap(({ threat, files }) =>
    files
      .filter((file) => !guards.some((guard) => guard.threat === threat && guard.file === file))
      .filter(() => !excused.has(threat))
      .map((file) => `${threat}: SECURITY.md names ${file}, of which no guard is in the table.`),
  );
  const known = new Set(rows.map(({ threat }) => threat));
  const unnamed = [...guards, ...unproven]
    .filter(({ threat }) => !known.has(threat))
    .map(({ threat }) => `${threat}: SECURITY.md has no such row.`);
  const needless = [...excused].filter((threat) => guards.some((guard) => guard.threat === threat));
  return [
    ...(rows.length === 0 ? ["SECURITY.md has no table of threats."] : []),
    ...missing,
    ...new Set(unnamed),
    ...needless.map((threat) => `${threat}: is said to be unproven, and has guards.`),
  ];
}
