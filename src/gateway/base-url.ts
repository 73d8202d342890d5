// The API's address, checked once. Every URL of a call is built below it.

/** @throws Error that says what to set, when the value is no absolute http(s) URL. */
export function readBaseUrl(value: string): URL {
  const url = URL.canParse(value) ? new URL(value) : undefined;
  if (
    url === undefined ||
    !/^https?:$/.test(url.protocol) ||
    url.username !== "" ||
    url.password !== "" ||
    url.search !== ""
  ) {
    throw new BadBaseUrl(
      `The API's base URL is ${JSON.stringify(value)}; it must be an absolute http or https URL without user name and query. Set baseUrl in the API's api.jsonc, or the variable API_BASE_URL.`,
    );
  }
  return url;
}

export class BadBaseUrl extends Error {}
