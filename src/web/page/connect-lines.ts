// What a person pastes to connect each client. Pure.

type Way = "open" | "token" | "oauth";
type Client = { name: string; how: string; lines: string; after?: string };

/** Stands for the token: the real one is not shown again, not even to who typed it. */
const placeholder = "YOUR_TOKEN";

export function connectLines(url: string, way: Way): Client[] {
  const { hostname, protocol } = new URL(url);
  const isLocal = protocol !== "https:" || ["localhost", "127.0.0.1", "[::1]"].includes(hostname);
  const authorization = `Bearer ${placeholder}`;
  const headers = way === "token" ? { headers: { Authorization: authorization } } : {};
  const claudeHeader = way === "token" ? ` --header "Authorization: ${authorization}"` : "";
  const codexToken = way === "token" ? " --bearer-token-env-var TWOFOLD_TOKEN" : "";
  return [
    {
      name: "Claude",
      how: "Customize, Connectors, Add custom connector: paste this as the server's URL.",
      lines: url,
      ...(isLocal
        ? { after: "Claude connects from the internet, so it cannot reach this address. Deploy first." }
        : way === "token" && {
            after: "Claude signs in with OAuth and sends no fixed token: switch on SIGN_IN for it.",
          }),
    },
    {
      name: "Claude Code",
      how: "In a terminal.",
      lines: `claude mcp add --transport http twofold ${url}${claudeHeader}`,
      ...(way === "oauth" && { after: "Then /mcp in Claude Code, to sign in." }),
    },
    {
      name: "Cursor",
      how: "In ~/.cursor/mcp.json.",
      lines: JSON.stringify({ mcpServers: { twofold: { url, ...headers } } }, null, 2),
    },
    {
      name: "VS Code",
      how: "In a terminal.",
      lines: `code --add-mcp '${JSON.stringify({ name: "twofold", type: "http", url, ...headers })}'`,
    },
    {
      name: "Codex",
      how: "In a terminal.",
      lines: `codex mcp add twofold --url ${url}${codexToken}`,
      ...(way === "token" && { after: "Codex reads the token from the variable TWOFOLD_TOKEN." }),
      ...(way === "oauth" && { after: "Then codex mcp login twofold." }),
    },
  ];
}
