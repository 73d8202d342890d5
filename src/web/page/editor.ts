// CodeMirror, in a chunk of its own that is loaded when an editor is shown. Stands in a shadow root: there its styles are
// constructed sheets, which the page's policy allows; in the document they would be style elements, which it does not.

import {
  autocompletion,
  closeBrackets,
  closeBracketsKeymap,
  completionKeymap,
} from "@codemirror/autocomplete";
import type { CompletionContext, CompletionResult } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { typescriptLanguage } from "@codemirror/lang-javascript";
import { bracketMatching, HighlightStyle, indentOnInput, syntaxHighlighting } from "@codemirror/language";
import { Compartment, EditorState, Prec } from "@codemirror/state";
import { drawSelection, EditorView, keymap, lineNumbers } from "@codemirror/view";
import { tags } from "@lezer/highlight";
import { completionsAt } from "./completions.ts";
import type { Tool } from "./mcp-client.ts";
import type { OperationRow } from "./programs.ts";

export type Editor = { show(program: string, label: string): void; destroy(): void };

type EditorOptions = {
  program: string;
  label: string;
  tool: () => Tool;
  change: (program: string) => void;
  run: () => void;
  operations: () => Promise<OperationRow[]>;
};

const kinds = {
  function: "function",
  variable: "variable",
  property: "property",
  operation: "constant",
} as const;

export function createEditor(host: HTMLElement, options: EditorOptions): Editor {
  const root = host.shadowRoot ?? host.attachShadow({ mode: "open" });
  const labelled = new Compartment();
  const named = (label: string) => EditorView.contentAttributes.of({ "aria-label": label });
  const view = new EditorView({
    parent: root,
    root,
    state: EditorState.create({
      doc: options.program,
      extensions: [
        Prec.highest(
          keymap.of([
            {
              key: "Mod-Enter",
              run: () => {
                options.run();
                return true;
              },
            },
          ]),
        ),
        lineNumbers(),
        history(),
        drawSelection(),
        indentOnInput(),
        bracketMatching(),
        closeBrackets(),
        typescriptLanguage,
        theme,
        syntaxHighlighting(highlight),
        autocompletion({ override: [(context) => complete(context, options)], icons: false }),
        // Tab stays the browser's: whoever has no mouse must be able to leave.
        keymap.of([...closeBracketsKeymap, ...defaultKeymap, ...historyKeymap, ...completionKeymap]),
        EditorView.lineWrapping,
        EditorView.domEventHandlers({ beforeinput: replaceLines }),
        labelled.of(named(options.label)),
        EditorView.updateListener.of((update) => {
          if (update.docChanged) options.change(update.state.doc.toString());
        }),
      ],
    }),
  });
  return {
    show(program, label) {
      const changed = program !== view.state.doc.toString();
      view.dispatch({
        effects: labelled.reconfigure(named(label)),
        ...(changed && { changes: { from: 0, to: view.state.doc.length, insert: program } }),
      });
    },
    destroy: () => view.destroy(),
  };
}

/**
 * Typing over several lines: left to it, the browser joins them with style attributes, to keep looks that are none of
 * theirs, and the page's policy has a violation to report.
 */
function replaceLines(event: InputEvent, view: EditorView): boolean {
  const { doc, selection } = view.state;
  const { from, to } = selection.main;
  if (event.inputType !== "insertText" || event.data === null || view.composing) return false;
  if (doc.lineAt(from).number === doc.lineAt(to).number) return false;
  event.preventDefault();
  view.dispatch(view.state.replaceSelection(event.data), { userEvent: "input.type" });
  return true;
}

async function complete(
  context: CompletionContext,
  options: EditorOptions,
): Promise<CompletionResult | null> {
  const before = context.state.sliceDoc(Math.max(0, context.pos - 2_000), context.pos);
  const operations = await options.operations();
  const found = completionsAt(before, options.tool(), operations, context.explicit);
  if (found === undefined || found.options.length === 0) return null;
  return {
    from: context.pos - (before.length - found.from),
    options: found.options.map(({ label, detail, kind }) => ({
      label,
      type: kinds[kind],
      ...(detail !== undefined && { detail }),
    })),
    // What contains the typed text was chosen already, also where it does not begin with it.
    ...(found.options[0]?.kind === "operation" && { filter: false }),
  };
}

/** The page's own colours, which change with its scheme. */
const highlight = HighlightStyle.define([
  { tag: [tags.keyword, tags.modifier, tags.operatorKeyword], color: "var(--act)" },
  { tag: [tags.string, tags.special(tags.string), tags.regexp], color: "var(--string)" },
  { tag: [tags.number, tags.bool, tags.null], color: "var(--number)" },
  { tag: tags.comment, color: "var(--soft)" },
]);

const theme = EditorView.theme({
  "&": { fontSize: "0.8125rem", color: "var(--ink)" },
  "&.cm-focused": { outline: "none" },
  ".cm-scroller": { minHeight: "14rem", maxHeight: "32rem", fontFamily: "var(--mono)", lineHeight: "1.5" },
  ".cm-content": { caretColor: "var(--ink)", padding: "0.5rem 0" },
  ".cm-line": { padding: "0 0.75rem" },
  ".cm-gutters": {
    background: "var(--sunk)",
    color: "var(--soft)",
    border: "0",
    borderRadius: "4px 0 0 4px",
  },
  ".cm-cursor": { borderLeftColor: "var(--ink)" },
  ".cm-selectionBackground, &.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground": {
    background: "var(--selected)",
  },
  "&.cm-focused .cm-matchingBracket": { background: "var(--selected)" },
  ".cm-tooltip": {
    background: "var(--page)",
    color: "var(--ink)",
    border: "1px solid var(--firm)",
    borderRadius: "4px",
  },
  ".cm-tooltip.cm-tooltip-autocomplete > ul": { fontFamily: "var(--mono)", maxWidth: "min(44rem, 90vw)" },
  ".cm-tooltip.cm-tooltip-autocomplete > ul > li": { padding: "0.1rem 0.6rem" },
  ".cm-tooltip-autocomplete > ul > li[aria-selected]": { background: "var(--chosen)", color: "var(--ink)" },
  ".cm-completionDetail": { color: "var(--soft)", fontStyle: "normal" },
  ".cm-completionMatchedText": { textDecoration: "none", fontWeight: "600" },
});
