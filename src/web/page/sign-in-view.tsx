import { useState } from "preact/hooks";
import { beginSignIn } from "./oauth.ts";
import { sayError, type Session, type State } from "./session.ts";

export function SignInView({
  session,
  state,
}: {
  session: Session;
  state: Extract<State, { at: "signed out" }>;
}) {
  const { metadata } = state;
  const [said, say] = useState<string>();
  const [token, setToken] = useState("");
  const shown = said ?? state.said;
  return (
    <div class="narrow">
      <h1>Sign in</h1>
      <p class="soft">This page signs in as any MCP client does, and keeps what it gets in this tab alone.</p>
      {shown !== undefined && (
        <p class="error" role="alert">
          {shown}
        </p>
      )}
      {metadata !== undefined && (
        <p>
          <button
            type="button"
            class="main"
            onClick={() => {
              say(undefined);
              beginSignIn(metadata).catch((error: unknown) => say(sayError(error)));
            }}
          >
            Sign in
          </button>
        </p>
      )}
      <form
        class="stack"
        onSubmit={(event) => {
          event.preventDefault();
          say(undefined);
          void session.useToken(token.trim());
        }}
      >
        <label>
          {metadata === undefined ? "The bearer token of this server" : "Or a bearer token of this server"}
          <input
            type="password"
            required
            autoComplete="off"
            spellcheck={false}
            value={token}
            onInput={({ currentTarget }) => setToken(currentTarget.value)}
          />
        </label>
        <button type="submit" class={metadata === undefined ? "main" : ""}>
          Use this token
        </button>
      </form>
    </div>
  );
}
