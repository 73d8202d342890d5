// The frame of the page: who is in, where one is, and what every part of it may use.

import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { ConnectView } from "./connect-view.tsx";
import { Context } from "./context.ts";
import { OperationsView } from "./operations-view.tsx";
import { readRoute, type Route } from "./route.ts";
import { RunsView } from "./runs-view.tsx";
import { Session, type State } from "./session.ts";
import { SignInView } from "./sign-in-view.tsx";
import { Drafts } from "./drafts.ts";
import { TryView } from "./try-view.tsx";

const places = [
  ["connect", "Connect"],
  ["operations", "Operations"],
  ["try", "Try"],
  ["runs", "Runs"],
] as const;

export function App() {
  const [state, setState] = useState<State>({ at: "asking" });
  const session = useMemo(() => new Session(setState), []);
  useEffect(() => void session.begin(), [session]);
  const route = useRoute();
  const drafts = useMemo(() => new Drafts(), []);
  const title = state.at === "in" ? state.server.title : "Twofold";
  const place = places.find(([at]) => at === route.at)?.[1] ?? "";
  useEffect(() => {
    document.title = state.at === "in" ? `${place} · ${title}` : "Twofold";
  }, [state.at, place, title]);
  const main = useRef<HTMLElement>(null);
  const opened = useMemo(() => new Set<string>(), []);
  opened.add(route.at);
  useFocusOnMove(main, route.at);

  return (
    <>
      <button type="button" class="skip" onClick={() => main.current?.focus()}>
        Skip to the content
      </button>
      <header class="top">
        <p class="brand">
          <span class="title">{title}</span>
          {state.at === "in" && <span class="soft by">by Twofold</span>}
        </p>
        {state.at === "in" && (
          <nav aria-label="Places">
            {places.map(([at, name]) => (
              <a
                key={at}
                href={`#/${at === "connect" ? "" : at}`}
                aria-current={at === route.at ? "page" : undefined}
              >
                {name}
              </a>
            ))}
          </nav>
        )}
      </header>
      <main ref={main} tabIndex={-1} aria-busy={state.at === "asking"}>
        {state.at === "failed" && (
          <div class="narrow">
            <h1>This server cannot be used now</h1>
            <p class="error" role="alert">
              {state.said}
            </p>
            <button type="button" onClick={() => location.reload()}>
              Try again
            </button>
          </div>
        )}
        {state.at === "signed out" && <SignInView session={session} state={state} />}
        {state.at === "in" && (
          <Context.Provider
            value={{ session, send: session.send, access: state.access, server: state.server, drafts }}
          >
            <Place route={route} />
            {opened.has("try") && <TryView active={route.at === "try"} />}
          </Context.Provider>
        )}
      </main>
    </>
  );
}

function Place({ route }: { route: Route }) {
  switch (route.at) {
    case "connect":
      return <ConnectView />;
    case "operations":
      return <OperationsView {...(route.operation !== undefined && { chosen: route.operation })} />;
    case "try":
      // Beside this: it stays.
      return null;
    case "runs":
      return <RunsView {...(route.run !== undefined && { chosen: route.run })} />;
    default:
      return route satisfies never;
  }
}

function useRoute(): Route {
  const [hash, setHash] = useState(location.hash);
  useEffect(() => {
    const moved = () => setHash(location.hash);
    addEventListener("hashchange", moved);
    // The end of a sign-in sets the place before anybody listens.
    moved();
    return () => removeEventListener("hashchange", moved);
  }, []);
  return useMemo(() => readRoute(hash), [hash]);
}

/** Who goes on by keyboard or screen reader begins at the new place's top, not behind the link that led there. */
function useFocusOnMove(main: { current: HTMLElement | null }, at: string): void {
  const before = useRef(at);
  useEffect(() => {
    if (before.current === at) return;
    before.current = at;
    scrollTo(0, 0);
    main.current?.focus({ preventScroll: true });
  }, [main, at]);
}
