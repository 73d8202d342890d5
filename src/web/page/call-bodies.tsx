// What a call sent and was answered, where the journal has it: folded up until somebody asks.

import type { CallRow, StoredBody } from "../../journal/run.ts";
import { bytes, count } from "./format.ts";
import { indentJson } from "./indent-json.ts";

export function CallBodies({ call }: { call: CallRow }) {
  const { method, sequence, requestBody, responseBody } = call;
  if (requestBody === undefined && responseBody === undefined) return null;
  return (
    <details class="bodies">
      <summary>
        Bodies
        <span class="unseen">
          {" "}
          of call {sequence}, {method}
        </span>
      </summary>
      {requestBody !== undefined && <Body name="Sent" body={requestBody} />}
      {responseBody !== undefined && <Body name="Answered" body={responseBody} />}
    </details>
  );
}

function Body({ name, body }: { name: string; body: StoredBody }) {
  // A boundary says nothing, and is longer than all else.
  const facts = [body.type.replace(/; *boundary=.*/, ""), bytes(body.bytes)]
    .filter((fact) => fact !== "")
    .join(" · ");
  return (
    <>
      <p class="soft wrap">
        {name}: <bdi>{facts}</bdi>
      </p>
      {"text" in body ? (
        <>
          <pre class="code" tabIndex={0} aria-label={name}>
            {isJson(body.type) && body.text.length > oneLine ? indentJson(body.text) : body.text}
          </pre>
          {body.cut > 0 && <p class="soft">… {count(body.cut, "more character")}, not kept</p>}
        </>
      ) : (
        <p class="soft wrap">
          {why[body.why]} SHA-256 <code>{body.sha256}</code>
        </p>
      )}
    </>
  );
}

/** Characters of JSON that are read as easily in one line. */
const oneLine = 60;

const isJson = (type: string) => /^[^;]*[/+]json\b/.test(type);

const why = {
  bytes: "Bytes are not kept.",
  fields: "Not kept: secret fields could not be told apart in it.",
  large: "Not kept: too large to look through for secret fields.",
};
