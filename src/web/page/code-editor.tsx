// The editor, once its code has come; until then, and without it, a plain field that does the same.

import { useEffect, useRef, useState } from "preact/hooks";
import type { Editor } from "./editor.ts";
import type { Tool } from "./mcp-client.ts";
import type { OperationRow } from "./programs.ts";

type CodeEditorProps = {
  tool: Tool;
  label: string;
  program: string;
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
    void import("./editor.ts").then(
      ({ createEditor }) => {
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
      },
      () => undefined,
    );
    return () => {
      gone = true;
      editor.current?.destroy();
      editor.current = null;
    };
  }, []);
  useEffect(() => editor.current?.show(props.program, props.label), [props.program, props.label, ready]);
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
