// Which operations one entry of the policy means. Pure.

interface SelectableOperation {
  method: string;
  path: string;
  operationId: string | undefined;
  tags: string[];
}

/**
 * How specific the match is, higher wins; undefined when the entry does not mean this operation.
 * An operationId, then a path by the literal characters it names, then a tag, then patterns that name nothing, such as `* /**`.
 */
export function matchSelector(selector: string, operation: SelectableOperation): number | undefined {
  if (selector === operation.operationId) return Number.MAX_SAFE_INTEGER;
  if (selector.startsWith("tag:")) return operation.tags.includes(selector.slice(4)) ? tagRank : undefined;
  const [, method = "", path] = /^(\S+)\s+(\/.*)$/.exec(selector) ?? [];
  if (path === undefined) return undefined;
  if (method !== "*" && method.toLowerCase() !== operation.method.toLowerCase()) return undefined;
  if (path !== operation.path && !patternOf(path).test(operation.path)) return undefined;
  const literal = path.replaceAll(/[*/]/g, "").length;
  const exact = (method === "*" ? 0 : 2) + (path.includes("**") ? 0 : 1);
  return literal === 0 ? exact : (literal + 1) * 10 + exact;
}

/** Above what `GET /*` can have, below any path with a letter in it. */
const tagRank = 10;

/** `*` stands for anything within one segment, `**` for any number of segments, none included: `/a/**` means `/a` too. */
function patternOf(path: string): RegExp {
  const parts = path
    .split("/")
    .slice(1)
    .map((segment) => {
      if (segment === "**") return "(?:/[^/]*)*";
      const text = segment.split(/\*+/).map((literal) => literal.replaceAll(/[\\^$.*+?()[\]{}|]/g, "\\$&"));
      return `/${text.join("[^/]*")}`;
    });
  return new RegExp(`^${parts.join("")}$`);
}
