// What reading a document may cost. A document past one of these is refused with the limit's name and value.

export interface ReadingLimits {
  /** Bytes of all files of one document together. Microsoft Graph, the largest we know, has 37 MB of YAML. */
  totalBytes: number;
  /** Files of one document. DigitalOcean's has about 2,700, more than any other we know. */
  files: number;
  /** Levels of nesting after references are put in place. Real documents stay below 60; our walks are recursive. */
  depth: number;
  /** Objects and arrays in the bundled document, YAML aliases expanded. Microsoft Graph has 2 million. */
  nodes: number;
  /** Characters of one file as indented JSON, YAML aliases expanded. V8 has no string longer than 536 million. */
  writtenChars: number;
  /** `$ref`s that lead through other `$ref`s to one value. */
  hops: number;
  /** Milliseconds for one HTTP answer, first byte to last. */
  requestMs: number;
  /** Milliseconds for reading all files. */
  totalMs: number;
  /** HTTP redirects followed for one file. */
  redirects: number;
}

export const readingLimits: ReadingLimits = {
  totalBytes: 100 * 1024 * 1024,
  files: 5_000,
  depth: 200,
  nodes: 10_000_000,
  writtenChars: 250_000_000,
  hops: 100,
  requestMs: 60_000,
  totalMs: 300_000,
  redirects: 5,
};
