import { useEffect, useRef, useState } from "preact/hooks";
import { AnswerView } from "./answer-view.tsx";
import { CodeEditor } from "./code-editor.tsx";
import { useShared } from "./context.ts";
import { callTool, type Tool, type ToolAnswer } from "./mcp-client.ts";
import { operationsForCompletion } from "./operations-index.ts";
import { beginSignIn } from "./oauth.ts";
import { Refused } from "./refused.ts";
import { sayError } from "./session.ts";
import { Tabs } from "./tabs.tsx";

type Going = { tool: Tool; said: string[]; controller: AbortController };
type Ended = { tool: Tool; answer: ToolAnswer } | { tool: Tool; failed: string; scopes: readonly string[] };

/** Lines of progress kept on the page. */
const saidLines = 200;
const tools = [
  { key: "search", name: "search" },
  { key: "execute", name: "execute" },
] as const;

/** Stays on the page once it was opened, so that a run goes on while one looks elsewhere. */
export function TryView({ active }: { active: boolean }) {
  const { send, server, drafts } = useShared();
  const [tool, setTool] = useState<Tool>(drafts.tool);
  const [program, setProgram] = useState(drafts.read(tool));
  const [readOnly, setReadOnly] = useState(drafts.readOnly);
  const [going, setGoing] = useState<Going>();
  const [ended, setEnded] = useState<Ended>();
  // State is one render late for whoever presses twice.
  const running = useRef<AbortController>(null);

  const choose = (next: Tool) => {
    drafts.tool = next;
    setTool(next);
    setProgram(drafts.read(next));
  };
  const change = (text: string) => {
    drafts.write(drafts.tool, text);
    setProgram(text);
  };
  const run = async () => {
    if (running.current !== null) return;
    const controller = new AbortController();
    running.current = controller;
    const { tool: chosen } = drafts;
    const said: string[] = [];
    setEnded(undefined);
    setGoing({ tool: chosen, said: [], controller });
    try {
      const answer = await callTool(send, chosen, drafts.read(chosen), {
        signal: controller.signal,
        readOnly: drafts.readOnly && chosen === "execute",
        onProgress: (line) => {
          said.push(line);
          setGoing({ tool: chosen, said: said.slice(-saidLines), controller });
        },
      });
      setEnded({ tool: chosen, answer });
    } catch (error) {
      const failed = controller.signal.aborted
        ? "You stopped it. What it called until then is under Runs."
        : sayError(error);
      setEnded({ tool: chosen, failed, scopes: error instanceof Refused ? error.scopes : [] });
    } finally {
      running.current = null;
      setGoing(undefined);
    }
  };
  useEffect(() => {
    if (!active) return;
    choose(drafts.tool);
    setReadOnly(drafts.readOnly);
    if (drafts.runNow) void run();
    drafts.runNow = false;
  }, [active]);

  const scopes = ended === undefined ? [] : "answer" in ended ? ended.answer.scopes : ended.scopes;
  return (
    <div class="try" hidden={!active}>
      <h1 class="unseen">Try</h1>
      <Tabs label="Tool" tabs={tools} chosen={tool} choose={choose}>
        <CodeEditor
          tool={tool}
          label={`Program for ${tool}`}
          program={program}
          revision={drafts.revision}
          change={change}
          run={() => void run()}
          operations={() => operationsForCompletion(send)}
        />
        <div class="tools">
          <button type="button" class="main" disabled={going !== undefined} onClick={() => void run()}>
            Run <kbd>{navigator.platform.startsWith("Mac") ? "⌘" : "Ctrl"} Enter</kbd>
          </button>
          {going !== undefined && (
            <button type="button" class="stop" onClick={() => going.controller.abort()}>
              Stop
            </button>
          )}
          {tool === "execute" && !server.readOnly && (
            <label class="check">
              <input
                type="checkbox"
                checked={readOnly}
                onChange={({ currentTarget }) => {
                  drafts.readOnly = currentTarget.checked;
                  setReadOnly(currentTarget.checked);
                }}
              />{" "}
              Only read
            </label>
          )}
          <p role="status" class="soft">
            {going === undefined ? (ended === undefined ? "" : endWords(ended)) : `Running ${going.tool}…`}
          </p>
        </div>
      </Tabs>
      {going !== undefined && going.said.length > 0 && (
        <pre class="code said" tabIndex={0} aria-label="What happens">
          {going.said.join("\n")}
        </pre>
      )}
      {ended !== undefined &&
        ("answer" in ended ? (
          <AnswerView answer={ended.answer} />
        ) : (
          <p class="error" role="alert">
            {ended.failed}
          </p>
        ))}
      {scopes.length > 0 && (
        <button type="button" onClick={() => void beginSignIn(metadataOf(), scopes)}>
          Sign in again, and ask for {scopes.join(" ")}
        </button>
      )}
    </div>
  );
}

const metadataOf = () => `${location.origin}/.well-known/oauth-protected-resource/mcp`;

function endWords(ended: Ended): string {
  if ("failed" in ended) return `${ended.tool} did not end well`;
  return ended.answer.isError ? `${ended.tool} answered with an error` : `${ended.tool} answered`;
}
