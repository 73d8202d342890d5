// Aliased to the raw document beside the artifact under test.
declare module "bench-document" {
  export const document: ArrayBuffer;
}
