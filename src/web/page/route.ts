// The part of the address behind the #, as one of the page's places. Pure.

export type Route =
  | { at: "connect" }
  | { at: "operations"; operation?: string }
  | { at: "try" }
  | { at: "runs"; run?: string };

export function readRoute(hash: string): Route {
  const [place = "", rest = ""] = /^#\/([a-z]*)(?:\/(.*))?$/.exec(hash)?.slice(1) ?? [];
  switch (place) {
    case "operations":
      return rest === "" ? { at: "operations" } : { at: "operations", operation: decode(rest) };
    case "try":
      return { at: "try" };
    case "runs":
      return /^r_\w{1,40}$/.test(rest ?? "") ? { at: "runs", run: rest ?? "" } : { at: "runs" };
    default:
      return { at: "connect" };
  }
}

export const operationHref = (name: string) => `#/operations/${encodeURIComponent(name)}`;
export const runHref = (id: string) => `#/runs/${id}`;

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
