/** What a person needs once Twofold runs: where it is, how clients reach it, what to try first. */
export function banner(url: string, isPlayground: boolean): string {
  const cursor = JSON.stringify({ mcpServers: { twofold: { url } } });
  const vscode = JSON.stringify({ name: "twofold", type: "http", url });
  const question = isPlayground
    ? "Which three customers of the shop spent the most, and what did they buy?"
    : "What can this API do? Show me one harmless call.";
  const program = isPlayground
    ? "async () => (await api.request({ method: 'GET', path: '/d1/database' })).data"
    : "Object.keys(spec.paths).slice(0, 5)";
  const tool = isPlayground ? "execute" : "search";
  const flag = url === "http://localhost:8787/mcp" ? "" : ` --url ${url}`;
  return `
Twofold is ready: ${url}

  Claude Code   claude mcp add --transport http twofold ${url}
  Cursor        in ~/.cursor/mcp.json: ${cursor}
  VS Code       code --add-mcp '${vscode}'

Ask, for example: ${question}
From this shell:  npm run call -- ${tool} "${program}"${flag}

Ctrl-C ends it.`;
}
