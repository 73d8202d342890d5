// What a typical answer costs a model's context, beside the peer's answer to the same question. GitHub's document.

import { countTokens } from "gpt-tokenizer/encoding/o200k_base";
import type { BuiltDocument } from "./build-document.ts";
import { McpClient } from "./mcp-client.ts";
import { operationTools } from "./operation-tools.ts";
import { forPeer } from "./programs.ts";
import { type Row, ours } from "./row.ts";
import { servePeer, serveTwofold } from "./serve.ts";

const peer = "openApiMcpServer";
const operation = { method: "post", path: "/repos/{owner}/{repo}/issues", id: "issues/create" };

/** Finds by words what a model knows no name of, as each of the two invites it to. */
const findProgram = `find("create an issue", { limit: 5 })`;
const filterProgram = `async () => {
  const found = [];
  for (const [path, item] of Object.entries(spec.paths)) {
    for (const [method, { summary }] of Object.entries(item)) {
      if (/create an issue/i.test(summary)) found.push({ method, path, summary });
    }
  }
  return found.slice(0, 5);
}`;
const wholeProgram = `async () => {
  return spec.paths["${operation.path}"].${operation.method};
}`;

interface AnswerTokens {
  /** Both of the peer's tools as they stand in tools/list, and its instructions. */
  peerDefinitions: number;
  rows: Row[];
}

export async function answerTokens(built: BuiltDocument): Promise<AnswerTokens> {
  const twofold = await serveTwofold(built);
  const other = await servePeer(built);
  const mcp = new McpClient(`${twofold.url}/mcp`);
  const peerMcp = new McpClient(other.url);
  const answer = async (client: McpClient, code: string) => {
    const { isError, texts } = await client.answerOf("search", code);
    if (isError) throw new Error(`the search failed: ${texts[0]}`);
    return countTokens(texts.join("\n"));
  };
  const row = (task: string, by: string, what: string, tokens: number): Row => ({
    what,
    got: tokens.toLocaleString("en-US"),
    value: tokens,
    versus: { task, by },
  });
  try {
    const search = "Tokens of an answer: which operation creates an issue?";
    const know = "Tokens of an answer: how is that operation called?";
    const tools = await definitions(peerMcp);
    return {
      peerDefinitions: tools,
      rows: [
        row(search, ours, "find, five hits", await answer(mcp, findProgram)),
        row(search, peer, "a filter by words", await answer(peerMcp, forPeer(filterProgram))),
        row(know, ours, "describe", await answer(mcp, `describe("${operation.id}")`)),
        row(know, peer, "the operation, references resolved", await answer(peerMcp, forPeer(wholeProgram))),
        row(know, "a tool of its own", "name, description, input schema", toolOf(built.document)),
      ],
    };
  } finally {
    mcp.close();
    peerMcp.close();
    await twofold.stop();
    await other.stop();
  }
}

async function definitions(client: McpClient): Promise<number> {
  const { result: listed } = await client.ask<{
    tools: { name: string; description: string; inputSchema: object }[];
  }>("tools/list");
  const { result: begun } = await client.ask<{ instructions?: string }>("initialize", {
    protocolVersion: "2025-06-18",
    capabilities: {},
    clientInfo: { name: "bench", version: "1" },
  });
  if (listed === undefined) throw new Error(`${peer} lists no tools`);
  const tools = listed.tools.map(({ name, description, inputSchema }) => ({
    name,
    description,
    inputSchema,
  }));
  return countTokens(JSON.stringify(tools)) + countTokens(begun?.instructions ?? "");
}

function toolOf(document: Record<string, unknown>): number {
  const tool = operationTools(document, "full")
    .map((make) => make() as { name: string })
    .find(({ name }) => name === operation.id);
  if (tool === undefined) throw new Error(`the document has no operation ${operation.id}`);
  return countTokens(JSON.stringify(tool));
}
