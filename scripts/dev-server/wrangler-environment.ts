/** Our environment, with everything off that calls home, asks questions or looks at other processes. */
export function wranglerEnvironment(): NodeJS.ProcessEnv {
  return {
    ...process.env,
    NO_COLOR: "1",
    FORCE_COLOR: "0",
    WRANGLER_SEND_METRICS: "false",
    WRANGLER_SEND_ERROR_REPORTS: "false",
    WRANGLER_WRITE_LOGS: "false", // wrangler's second copy of its output, in the home folder
    X_LOCAL_OBSERVABILITY: "false", // a trace of every call on disk, a fifth of what a call takes
    CLOUDFLARE_CF_FETCH_ENABLED: "false", // request.cf from workers.cloudflare.com; seconds when offline
  };
}
