// Modules the bundler supplies. Text and Data rules are in wrangler.jsonc.

declare module "*.guest.js" {
  const source: string;
  export default source;
}

// Aliased to spec/NAME/artifact/artifact.js of the API this deployment serves.
declare module "twofold-artifact" {
  export const index: ArrayBuffer;
  export const operations: ArrayBuffer;
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
    /** How a token somebody brings is tried; as src/auth/probe-settings.ts has it. */
    signIn?: import("./auth/probe-settings.ts").ProbeSettings;
    /** Which calls leave their bodies in the journal; none when absent. */
    journal?: { bodies?: "none" | "writes" | "all" };
    /** Values programs get as `context`. */
    context?: import("./auth/context-values.ts").ContextSettings;
    /** Scopes besides read and write: what they mean, and the numbers of the operations that need them. */
    scopes?: Record<string, { says: string; operations: number[] }>;
  };
}
