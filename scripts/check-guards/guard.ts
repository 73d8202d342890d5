// What is known of a guard: where it stands, how it is taken away, and the test that must go red.

export interface Guard {
  /** Short, in kebab-case; for --only. */
  id: string;
  /** Its row in SECURITY.md's table, e.g. "T5". */
  threat: string;
  file: string;
  /** The guard's own text and what stands there without it. Each text occurs exactly once in the file. */
  edits: readonly [find: string, replace: string][];
  proof: Proof;
  /**
   * Words the failure must have when it is no assertion: an attack may show as an exception. Without it only a failed
   * assertion counts, since code that merely broke throws, too.
   */
  fails?: string;
  /** Without the guard nothing ends: a test that had to be ended is then what proves it. */
  hangs?: true;
}

export interface Proof {
  file: string;
  /** A part of the test's name, without its placeholders. */
  test: string;
  /** Where the test stands for a table of cases, the words of one. */
  row?: string;
}

/** Whether a test of this whole name is the one that is meant. */
export function isMeant(name: string, { test, row = "" }: Proof): boolean {
  return name.includes(test) && name.includes(row);
}

/** A threat without a guard of ours to take away. */
export interface Unproven {
  threat: string;
  because: string;
}
