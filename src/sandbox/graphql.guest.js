// `api.graphql`: one call of the API's GraphQL endpoint, its data and its errors told apart. Never looks into the query:
// the host does, and decides what may leave.

/**
 * @param {{exchange(call: object, more: object): Promise<{answer: object, name: string}>, ApiError: Function}} parts
 */
export function createGraphql({ exchange, ApiError }) {
  /**
   * @param {string | {query: string, variables?: object, operationName?: string}} given
   * @returns {Promise<{data: unknown, errors: object[], ok: boolean, status: number}>} `errors` may stand beside partial data
   */
  return async function graphql(given, variables, options) {
    const call = isRecord(given) ? { ...given, ...variables } : { query: given, variables, ...options };
    const { query, variables: values, operationName, throw: throwing, headers } = call;
    if (typeof query !== "string" || query.trim() === "")
      throw new ApiError({
        kind: "call",
        message: `api.graphql takes a query's text: api.graphql("query($id: ID!) { thing(id: $id) { name } }", {id: 7}).`,
      });
    const body = {
      query,
      ...(values != null && { variables: values }),
      ...(operationName != null && { operationName }),
    };
    // The endpoint checks the query against its own schema; a document says little of it.
    const sent = { operation: "graphql", headers, body, validate: false };
    const { answer, name } = await exchange(sent, { graphql: true });
    const { status, data: said, hint } = answer;
    const isAnswer = isRecord(said) && ("data" in said || Array.isArray(said.errors));
    const errors = isAnswer
      ? (said.errors ?? [])
      : [{ message: `${name} answered ${status}, and no GraphQL answer: ${shown(said)}` }];
    const result = {
      data: isAnswer ? (said.data ?? null) : null,
      errors,
      ok: answer.ok && errors.length === 0,
      status,
      ...(isAnswer && said.extensions !== undefined && { extensions: said.extensions }),
      ...(hint !== undefined && { hint }),
    };
    if (!throwing || result.ok) return result;
    const first = errors[0]?.message ?? `status ${status}`;
    const more = errors.length > 1 ? ` (and ${errors.length - 1} more errors)` : "";
    const partial = result.data === null ? "" : " error.data has what came all the same.";
    throw Object.assign(
      new ApiError({ kind: "graphql", message: `${name}: ${String(first).slice(0, 500)}${more}.${partial}` }),
      result,
    );
  };
}

function isRecord(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function shown(value) {
  return typeof value === "string" ? value.slice(0, 300) : String(JSON.stringify(value)).slice(0, 300);
}
