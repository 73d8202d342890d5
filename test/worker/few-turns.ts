// The real Worker with few turns. Its numbers are changed before anything reads them, so this line stays the first.

export { few } from "./few-turns-limits.ts";
import twofold from "../../src/index.ts";

export * from "../../src/index.ts";
export default twofold;
