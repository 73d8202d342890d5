// What a deployment may be given: the names alone, in one place for the start, the deploy and their checks.

export const secretNames = [
  "API_TOKEN",
  "API_USERNAME",
  "API_PASSWORD",
  "MCP_TOKEN",
  "OWNER_PASSPHRASE_HASH",
  "UPSTREAM_CLIENT_SECRET",
  "RUNS_WEBHOOK_SECRET",
  "OPERATOR_TOKEN",
] as const;

export type SecretName = (typeof secretNames)[number];

/** Which API a deployment serves, so that another one does not replace it unnoticed. Deploy sets it. */
export const apiVariable = "TWOFOLD_API";

/** Plain variables that people set. */
export const variableNames = [
  "SIGN_IN",
  "READ_ONLY",
  "ALLOWED_HOSTS",
  "ALLOWED_ORIGINS",
  "ALLOW_API_TOKEN",
  "UPSTREAM_CLIENT_ID",
  "API_BASE_URL",
  "RUNS_WEBHOOK",
] as const;
