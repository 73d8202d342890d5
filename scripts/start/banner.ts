import { playgroundName } from "./options.ts";
import { secretsFile } from "./secrets.ts";

/** Stands for the token in lines people copy. The token itself is never printed: output ends up in logs. */
const placeholder = "YOUR_TOKEN";

/** What a person needs once Twofold runs: where it is, how clients reach it, what to try first. */
export function banner(url: string, api: string, needsToken: boolean): string {
  const isPlayground = api === playgroundName;
  const note = needsToken
    ? `\n\n${placeholder} is the MCP_TOKEN of ${secretsFile(api)}; this shell takes it from TWOFOLD_TOKEN.`
    : "";
  const question = isPlayground
    ? "Which three customers of the shop spent the most, and what did they buy?"
    : "What can this API do? Show me one harmless call.";
  const program = isPlayground
    ? "async () => (await api.request({ method: 'GET', path: '/d1/database' })).data"
    : "Object.keys(spec.paths).slice(0, 5)";
  const tool = isPlayground ? "execute" : "search";
  const token = needsToken ? ` --token "$TWOFOLD_TOKEN"` : "";
  const flag = url === "http://localhost:8787/mcp" ? "" : ` --url ${url}`;
  return `
Twofold is ready: ${url}

${clientLines(url, needsToken)}
  In a browser  ${new URL("/", url).href}${note}

Ask, for example: ${question}
From this shell:  npm run -s call -- ${tool} "${program}"${flag}${token}

Ctrl-C ends it.`;
}

/** How clients are told of a server. */
export function clientLines(url: string, needsToken: boolean): string {
  const authorization = `Bearer ${placeholder}`;
  const headers = needsToken ? { headers: { Authorization: authorization } } : {};
  const cursor = JSON.stringify({ mcpServers: { twofold: { url, ...headers } } });
  const vscode = JSON.stringify({ name: "twofold", type: "http", url, ...headers });
  const claude = needsToken ? ` --header "Authorization: ${authorization}"` : "";
  return `  Claude Code   claude mcp add --transport http twofold ${url}${claude}
  Cursor        in ~/.cursor/mcp.json: ${cursor}
  VS Code       code --add-mcp '${vscode}'`;
}
