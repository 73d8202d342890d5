import { useShared } from "./context.ts";
import { lookUp } from "./operations-index.ts";
import { callProgram, describeProgram } from "./programs.ts";
import { useAsked } from "./use-asked.ts";
import { useFocusOnPhone } from "./use-focus-on-phone.ts";

/** One operation as a program would read it. */
export function OperationDetail({ name }: { name: string }) {
  const { send, drafts } = useShared();
  const back = useFocusOnPhone<HTMLAnchorElement>();
  const { value, error } = useAsked(name, () => lookUp<string>(send, describeProgram(name)));
  const [, method, path] = /^\/\/ ([A-Z]+) (\S+)/.exec(value ?? "") ?? [];
  return (
    <>
      <a href="#/operations" class="back" ref={back}>
        ← All operations
      </a>
      <h2 class="wrap">{name}</h2>
      {error !== undefined && (
        <p class="error" role="alert">
          {error}
        </p>
      )}
      {value !== undefined && (
        <>
          {method !== undefined && path !== undefined && (
            <p>
              <button
                type="button"
                onClick={() => drafts.open("execute", callProgram([method, path, name, "", false]))}
              >
                Write a call of it
              </button>
            </p>
          )}
          <pre class="code" tabIndex={0} aria-label={`${name} as TypeScript`}>
            {String(value)}
          </pre>
        </>
      )}
    </>
  );
}
