// Why a text is no program, in words that say what to change. Looks only at texts no parser understood.

import * as acorn from "acorn";
import { positionAt } from "./unescape-text.ts";

const { tokTypes } = acorn;

type Token = { text: string; start: number; end: number; isWord: boolean };
type Bracket = { text: string; start: number };

/** @param offset where the parser stopped @returns one sentence or two, without a place */
export function explainSyntax(code: string, message: string, offset: number): string {
  const reworded = wording.find(([words]) => message.startsWith(words))?.[1];
  if (reworded !== undefined) return reworded;
  if (message.startsWith("Identifier '")) return `${message}. Give one of them another name.`;
  if (message.startsWith("Unexpected character")) return strangeCharacter(code, offset, message);
  if (!message.startsWith("Unexpected token")) return `${message}.`;
  const { token, before, keyword, open } = readTokens(code, offset);
  const top = open.at(-1);
  const where = (bracket: Bracket) => {
    const { line, column } = positionAt(code, bracket.start);
    return `the ${bracket.text} of line ${line}, column ${column}`;
  };
  if (token === undefined) {
    return top === undefined
      ? "The program ends in the middle of a statement."
      : `The program ends before ${where(top)} is closed.`;
  }
  if (token.text === "..." || before?.text === "...")
    return "... stands for something that was left out. Write it.";
  if (keyword === "const" && before?.isWord === true)
    return `const ${before.text} has no value. Give it one, or write let.`;
  if (closing.has(token.text)) {
    if (top === undefined) return `There is one ${token.text} too many.`;
    if (closes[top.text] !== token.text)
      return `${token.text} stands where ${where(top)} wants ${closes[top.text]}.`;
    return `Unexpected ${token.text}: something is missing before it.`;
  }
  if (token.text === "await")
    return "await stands in a function that is not async. Write async before that function.";
  if (token.text === "<") return "< begins no value: neither JSX nor <placeholders> can be run.";
  if (token.text === ";" && top !== undefined && top.text !== "{")
    return `; comes before ${where(top)} is closed.`;
  const value = before !== undefined && (before.isWord || !/^[^\w$"'`)\]}]/.test(before.text));
  const missing =
    value && top !== undefined && (token.isWord || /^["'`\d[{]/.test(token.text))
      ? " A comma or an operator may be missing before it."
      : "";
  return `Unexpected ${token.text}.${missing}`;
}

const wording: [string, string][] = [
  [
    "Cannot use keyword 'await'",
    "await stands in a function that is not async. Write async before that function; of a list, await Promise.all(list.map(async …)).",
  ],
  ["Unterminated string", "The string that begins here is not closed."],
  ["Unterminated template", "A template is not closed: its second ` is missing."],
  ["Unterminated comment", "The comment that begins here is not closed: its */ is missing."],
  [
    "Unterminated regular expression",
    "The regular expression that begins here is not closed: its second / is missing.",
  ],
  ["Assigning to rvalue", "Only a variable or a property can be assigned to."],
  [
    "Unsyntactic break",
    "break stands in no loop. A callback is left with return; a loop that can be left is for…of.",
  ],
  ["Unsyntactic continue", "continue stands in no loop. A callback is left with return."],
  ["Shorthand property", "= stands in an object where : is meant."],
  [
    "Expecting Unicode escape",
    "A \\ stands outside of any text. Send line breaks as line breaks, not as \\n.",
  ],
  ["Identifier directly after number", "A name stands directly behind a number."],
];

const closes: Record<string, string> = { "(": ")", "[": "]", "{": "}", "${": "}" };
const closing = new Set(Object.values(closes));

/** The token at a place, the two before it, and the brackets open there. */
function readTokens(
  code: string,
  offset: number,
): { token: Token | undefined; before: Token | undefined; keyword: string | undefined; open: Bracket[] } {
  const open: Bracket[] = [];
  let before: Token | undefined;
  let keyword: string | undefined;
  try {
    for (const { type, start, end } of acorn.tokenizer(code, { ecmaVersion: "latest" })) {
      if (type === tokTypes.eof) break;
      const isWord = type === tokTypes.name || type.keyword !== undefined;
      const token = { text: short(code.slice(start, end)), start, end, isWord };
      if (start >= offset) return { token, before, keyword, open };
      if (Object.hasOwn(closes, token.text)) open.push(token);
      else if (closing.has(token.text)) open.pop();
      keyword = before?.text;
      before = token;
    }
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    const text = code.slice(offset).trim()[0];
    const token = text === undefined ? undefined : { text, start: offset, end: offset, isWord: false };
    return { token, before, keyword, open };
  }
  return { token: undefined, before, keyword, open };
}

function short(text: string): string {
  const line = text.split("\n")[0] ?? "";
  return line.length > 40 ? `${line.slice(0, 39)}…` : line;
}

function strangeCharacter(code: string, offset: number, message: string): string {
  if (code.startsWith("#", offset - 1) || code.startsWith("#", offset))
    return "# begins no comment. Write //.";
  const character = String.fromCodePoint(code.codePointAt(offset) ?? 0xfffd);
  if ("“”„‟«»".includes(character)) return `${character} is no quotation mark of JavaScript. Write ".`;
  if ("‘’‚‛´".includes(character)) return `${character} is no quotation mark of JavaScript. Write '.`;
  if (/\p{Cf}|\p{Zs}|\p{Cc}/u.test(character)) {
    const number = (character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0");
    return `The invisible character U+${number} stands here. Remove it.`;
  }
  return `${message}.`;
}

/** What a text is instead of JavaScript, as far as its first words tell; undefined when they do not. */
export function otherLanguage(text: string): string | undefined {
  const line =
    text
      .split("\n")
      .find((each) => each.trim() !== "" && !/^\s*(#|\/\/|```)/.test(each))
      ?.trim() ?? "";
  const run = "Send a JavaScript program, e.g. async () => ";
  const kind = languages.find(([pattern]) => pattern.test(line))?.[1];
  if (kind !== undefined) return `This looks like ${kind}. ${run}Object.keys(spec.paths).`;
  if (/^(https?:\/\/|\/[\w{])/.test(line))
    return `This is an address, not a program. Write await api.request({method: "GET", path: "/…"}) in the execute tool.`;
  if (/=&gt;|&lt;|&quot;|&amp;&amp;/.test(text) && !text.includes("=>"))
    return "The program is escaped as HTML (&gt; for >). Send it as plain text.";
  // Three words in a row are no JavaScript, whichever they are; nor is nothing but words.
  const isWords = /^[\p{L}\d' -]+ [\p{L}\d' -]+$/u.test(text.trim());
  return isWords ||
    (/^[\p{L}']+[,!.]? [\p{L}']+ [\p{L}']+/u.test(line) &&
      !/^(abstract|async|await|case|class|const|declare|default|delete|do|else|enum|export|for|function|if|import|interface|let|namespace|new|return|static|switch|throw|try|type|typeof|var|void|while|yield)\b/.test(
        line,
      ))
    ? `This looks like prose. ${run}find("what is wanted").`
    : undefined;
}

const languages: [RegExp, string][] = [
  [
    /^(def \w+\(|import [\w.]+( as \w+)?$|from [\w.]+ import |print\(f["']|elif |for \w+ in .*:$|async def )/,
    "Python",
  ],
  [/^(\$ )?(curl|wget|http|cat|echo|npm|npx|jq|bash|sudo) /, "a shell command"],
  [/^(SELECT|INSERT INTO|UPDATE|DELETE FROM|WITH|CREATE TABLE)\b.*/, "SQL"],
  [/^(GET|POST|PUT|PATCH|DELETE|HEAD) \S+/, "an HTTP request"],
  [/^(query|mutation|subscription)\b[^=;]*\{/, "GraphQL"],
  [/^[\w-]+:$/, "YAML"],
  [/^[-+] (const|let|return|import|function) /, "a diff"],
];
