import { expect, test } from "vitest";
import { readBaseUrl } from "../../src/gateway/base-url.ts";

test.each([
  "/v1",
  "ftp://api.example/v1",
  "file:///etc/passwd",
  "https://user@api.example/v1",
  "https://:password@api.example/v1",
  "https://api.example/v1?key=1",
])("%s is refused as a base URL, with what to set", (value) => {
  expect(() => readBaseUrl(value)).toThrow(/must be an absolute http or https URL.+ Set baseUrl/);
});

test("an address and its path are taken", () => {
  expect(readBaseUrl("https://api.example:8443/v1/").href).toBe("https://api.example:8443/v1/");
});
