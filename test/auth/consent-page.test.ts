import { expect, test } from "vitest";
import { type ConsentFacts, consentPage } from "../../src/auth/consent-page.ts";

const facts: ConsentFacts = {
  title: "Shop",
  clientName: "An app",
  redirectHost: "127.0.0.1",
  redirectIsLoopback: true,
  handle: "handle",
  modes: ["owner"],
  requested: ["read", "write"],
  policy: { demo: ["read"], owner: ["read", "write"], "own-token": [], upstream: [] },
  reach: { reads: 4, writes: 2, optional: {} },
  choices: [{ name: "project", says: "Which project", default: "main" }],
  guestMinutes: 60,
  grantDays: 30,
};
const field = (page: string, name: string) =>
  new RegExp(`<input[^>]*name="${name}"[^>]*>`).exec(page)?.[0].replace(/\s+/g, " ");

test("what is asked for has its default in the form", () => {
  expect(field(consentPage(facts), "context.project")).toContain('value="main"');
  const { default: _, ...open } = facts.choices[0] ?? { name: "", says: "" };
  expect(field(consentPage({ ...facts, choices: [open] }), "context.project")).toContain('value=""');
});

test("a page that is shown again has what was typed, escaped", () => {
  const last = { scopes: ["read"], values: { project: '"><b>' } };
  expect(field(consentPage({ ...facts, last }), "context.project")).toContain(
    'value="&#34;&#62;&#60;b&#62;"',
  );
});
