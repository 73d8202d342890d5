// WWW-Authenticate values and the metadata they point to (RFC 6750, RFC 9728). Pure.

/** The two addresses of the MCP endpoint, each a resource of its own: some clients use the one, some the other. */
export function resourcesOf(origin: string): { mcp: string; root: string } {
  return { mcp: `${origin}/mcp`, root: `${origin}/` };
}

export const metadataPath = "/.well-known/oauth-protected-resource";

/** The metadata of the resource a request went to. */
export function metadataUrl(origin: string, pathname: string): string {
  return `${origin}${metadataPath}${pathname === "/" ? "" : "/mcp"}`;
}

export function protectedResourceMetadata(origin: string, resource: string, title: string): object {
  return {
    resource,
    authorization_servers: [origin],
    // What any use needs: clients ask for these first, and for more when they are told to.
    scopes_supported: ["read"],
    bearer_methods_supported: ["header"],
    resource_name: title,
  };
}

type Challenge = {
  /** Absent where there is no authorization server to go to. */
  metadata?: string;
  error?: "invalid_token" | "insufficient_scope";
  description?: string;
  scopes?: readonly string[];
};

/** One challenge, complete: a client that reads it needs no second try. */
export function challengeHeader({ metadata, error, description, scopes }: Challenge): string {
  const parts = [
    error && `error="${error}"`,
    description && `error_description="${description.replaceAll(/[^\x20-\x21\x23-\x5b\x5d-\x7e]/g, "'")}"`,
    scopes && `scope="${scopes.join(" ")}"`,
    metadata && `resource_metadata="${metadata}"`,
  ].filter((part) => part !== undefined);
  return parts.length === 0 ? "Bearer" : `Bearer ${parts.join(", ")}`;
}
