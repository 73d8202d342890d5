// The real Worker with short waits. Its numbers are changed before anything reads them, so this line stays the first.

export { short } from "./short-waits-limits.ts";
import twofold from "../../src/index.ts";

export * from "../../src/index.ts";
export default twofold;
