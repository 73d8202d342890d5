// Modules the bundler supplies. Text and Data rules are in wrangler.jsonc.

declare module "*.guest.js" {
  const source: string;
  export default source;
}

// Aliased to spec/NAME/artifact/artifact.js of the API this deployment serves.
declare module "twofold-artifact" {
  export const index: ArrayBuffer;
  export const bodies: ArrayBuffer;
  export const findIndex: ArrayBuffer;
  export const settings: {
    name: string;
    title: string;
    /** Hex digest of index and bodies: with it this module changes when they do, and a running `wrangler dev` rebuilds. */
    hash: string;
    baseUrl: string;
    auth: import("./auth/credential.ts").AuthSettings;
    /** Fields of answers that no program sees: names, or ends of dotted paths. */
    redact?: string[];
  };
}
