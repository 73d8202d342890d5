// The editor, once its code has come; until then, and without it, a plain field that does the same.

import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import type { Editor } from "./editor.ts";
import type { Tool } from "./mcp-client.ts";
import type { OperationRow } from "./programs.ts";

type CodeEditorProps = {
  tool: Tool;
  label: string;
  program: string;
  /** Changes when the program is another one, and not what was typed. */
  revision: number;
  change: (program: string) => void;
  run: () => void;
  operations: () => Promise<OperationRow[]>;
};

export function CodeEditor(props: CodeEditorProps) {
  const place = useRef<HTMLDivElement>(null);
  const editor = useRef<Editor>(null);
  // The editor outlives many renders, and must call what is meant now.
  const latest = useRef(props);
  latest.current = props;
  const [ready, setReady] = useState(false);
  useEffect(() => {
    let gone = false;
    const load = async () => {
      const { createEditor } = await import("./editor.ts");
      if (gone || place.current === null) return;
      const { program, label } = latest.current;
      editor.current = createEditor(place.current, {
        program,
        label,
        tool: () => latest.current.tool,
        change: (text) => latest.current.change(text),
        run: () => latest.current.run(),
        operations: () => latest.current.operations(),
      });
      setReady(true);
    };
    load().catch((error: unknown) =>
      console.warn("The editor could not be loaded; the plain field stays.", error),
    );
    return () => {
      gone = true;
      editor.current?.destroy();
      editor.current = null;
    };
  }, []);
  // Only when there is another program to show. What is typed is the editor's own: told back to it a render late, it
  // would take away what was typed meanwhile.
  useLayoutEffect(
    () => editor.current?.show(latest.current.program, latest.current.label),
    [props.tool, props.revision],
  );
  return (
    <div class="editor">
      {!ready && (
        <textarea
          aria-label={props.label}
          spellcheck={false}
          value={props.program}
          onInput={({ currentTarget }) => props.change(currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
            event.preventDefault();
            props.run();
          }}
        />
      )}
      <div ref={place} />
    </div>
  );
}
