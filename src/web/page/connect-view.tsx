import { connectLines } from "./connect-lines.ts";
import { useShared } from "./context.ts";
import { CopyButton } from "./copy-button.tsx";

export function ConnectView() {
  const { access, server, session } = useShared();
  const url = `${location.origin}/mcp`;
  return (
    <div class="columns">
      <section aria-labelledby="who">
        <h1 id="who">You and this server</h1>
        <dl class="facts">
          <dt>You are</dt>
          <dd>{whoWords(access)}</dd>
          {access.way === "oauth" && (
            <>
              <dt>Scopes</dt>
              <dd>
                {access.tokens.scopes.map((scope) => (
                  <code key={scope} class="chip">
                    {scope}
                  </code>
                ))}
              </dd>
            </>
          )}
          <dt>search</dt>
          <dd>reads the API's document and calls nothing</dd>
          <dt>execute</dt>
          <dd>
            {server.readOnly || cannotWrite(access)
              ? "calls the API, reading operations only"
              : "calls the API: it reads, and it can create, change and delete"}
          </dd>
          <dt>Endpoint</dt>
          <dd class="line">
            <code>{url}</code>
            <CopyButton text={url} label="Copy the endpoint" />
          </dd>
        </dl>
        {access.way !== "open" && (
          <button type="button" onClick={() => void session.signOut()}>
            Sign out
          </button>
        )}
      </section>
      <section aria-labelledby="connect">
        <h2 id="connect">Connect a client</h2>
        {connectLines(url, access.way).map(({ name, how, lines, after }) => (
          <article key={name} class="client" aria-label={name}>
            <h3>{name}</h3>
            <p class="soft">{how}</p>
            <div class="snippet">
              <pre tabIndex={0} aria-label={`For ${name}`}>
                {lines}
              </pre>
              <CopyButton text={lines} label={`Copy for ${name}`} />
            </div>
            {after !== undefined && <p class="soft">{after}</p>}
          </article>
        ))}
      </section>
    </div>
  );
}

type Access = ReturnType<typeof useShared>["access"];

function whoWords(access: Access): string {
  switch (access.way) {
    case "open":
      return "on this computer, where no sign-in is needed";
    case "token":
      return "whoever holds this server's token";
    case "oauth":
      return "signed in with OAuth, for this tab";
    default:
      return access satisfies never;
  }
}

const cannotWrite = (access: Access) => access.way === "oauth" && !access.tokens.scopes.includes("write");
