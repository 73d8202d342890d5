import { createContext } from "preact";
import { useContext } from "preact/hooks";
import type { Drafts } from "./drafts.ts";
import type { Send, ServerFacts } from "./mcp-client.ts";
import type { Access, Session } from "./session.ts";

/** What every place of the page may use, once somebody is in. */
type Shared = { session: Session; send: Send; access: Access; server: ServerFacts; drafts: Drafts };

export const Context = createContext<Shared | undefined>(undefined);

export function useShared(): Shared {
  const shared = useContext(Context);
  if (shared === undefined) throw new Error("used outside of the page's frame");
  return shared;
}
