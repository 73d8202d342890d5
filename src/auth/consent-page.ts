// The page that asks a person. Pure: facts in, HTML out. Runs no script, and nothing of a client's stands in it unescaped.

import { consentStyle } from "./consent-style.ts";
import { html, raw, type Html } from "./html.ts";
import { readScope, writeScope } from "./scopes.ts";
import type { SignInMode } from "./sign-in-settings.ts";

export type ConsentFacts = {
  /** The API's name. */
  title: string;
  clientName: string;
  /** Proven, as its metadata lies there; absent for a client that registered itself. */
  clientDomain?: string;
  /** Where access is sent to. */
  redirectHost: string;
  redirectIsLoopback: boolean;
  handle: string;
  modes: readonly SignInMode[];
  /** What was asked for, as far as it is known; and what each way of signing in may give at most. */
  requested: readonly string[];
  policy: Readonly<Record<SignInMode, readonly string[]>>;
  /** Operations that only read, those that act, and those that each optional scope names. */
  reach: {
    reads: number;
    writes: number;
    optional: Readonly<Record<string, { says: string; operations: number }>>;
  };
  /** Values the person chooses here: name, what it is, how it may look. */
  choices: readonly { name: string; says: string; pattern?: string; default?: string }[];
  guestMinutes: number;
  grantDays: number;
  /** Where the API's own sign-in is. */
  upstreamHost?: string;
  /** What was wrong with the last try. */
  error?: string;
  /** What was ticked and chosen in it: a person who unticked something does not do so twice. */
  last?: { scopes: readonly string[]; values: Readonly<Record<string, string>> };
};

export function consentPage(facts: ConsentFacts): string {
  const { title, clientName, clientDomain, redirectHost, redirectIsLoopback, error } = facts;
  const body = html`<header>
      <p class="small">Twofold · ${title}</p>
      <h1>Let <bdi>${clientName}</bdi> use ${title}?</h1>
    </header>
    ${error === undefined ? raw("") : html`<p class="error" role="alert">${error}</p>`}
    <dl>
      <dt>Who asks</dt>
      <dd>
        <bdi>${clientName}</bdi>,
        ${
          clientDomain === undefined
            ? raw("by its own account: nobody has verified that name.")
            : html`published by <strong>${clientDomain}</strong>.`
        }
      </dd>
      <dt>Access is sent to</dt>
      <dd>
        <strong>${redirectHost}</strong>${
          redirectIsLoopback
            ? raw(", an app on your own computer. Go on only if you have just started this from that app.")
            : raw("")
        }
      </dd>
    </dl>
    ${facts.modes.map((mode) => modeForm(mode, facts, facts.modes.length > 1))}
    ${form(facts.handle, html`<button class="plain" name="decision" value="deny">Do not allow</button>`)}`;
  return page(`Allow ${clientName}?`, body);
}

export function messagePage(heading: string, text: string): string {
  return page(
    heading,
    html`<h1>${heading}</h1>
      <p>${text}</p>`,
  );
}

function modeForm(mode: SignInMode, facts: ConsentFacts, several: boolean): Html {
  const heading = (text: string) => (several ? html`<h2>${text}</h2>` : raw(""));
  const choices = facts.choices.map(
    ({ name, says, pattern, default: value }) =>
      html`<label class="field"
        >${says}
        <input
          name="context.${name}"
          required
          autocomplete="off"
          autocapitalize="none"
          spellcheck="false"
          ${pattern === undefined ? raw("") : html`pattern="${pattern}"`}
          value="${facts.last?.values[name] ?? value ?? ""}"
      /></label>`,
  );
  switch (mode) {
    case "demo":
      return section(
        html`${heading("As a guest")}
        ${form(
          facts.handle,
          html`${scopeList(["read"], facts, true)} ${choices}
            <p class="small">For ${minutes(facts.guestMinutes)}, without renewal. Nothing can be changed.</p>
            <button name="decision" value="demo">Allow as a guest</button>`,
        )}`,
      );
    case "owner":
      return section(
        html`${heading("As the owner")}
        ${form(
          facts.handle,
          html`${scopeList(facts.policy.owner, facts)} ${choices}
            <input type="text" name="username" value="owner" autocomplete="username" hidden />
            <label class="field"
              >The owner's passphrase
              <input
                type="password"
                name="passphrase"
                required
                autocomplete="current-password"
                maxlength="1000"
              />
            </label>
            ${lifetime(facts)}
            <button name="decision" value="owner">Allow as the owner</button>`,
        )}`,
      );
    case "own-token":
      return section(
        html`${heading("With a token of your own")}
        ${form(
          facts.handle,
          html`${scopeList(facts.policy["own-token"], facts)} ${choices}
            <label class="field"
              >Your token of ${facts.title}
              <input
                type="password"
                name="token"
                required
                autocomplete="off"
                maxlength="4096"
                aria-describedby="token-use"
              />
            </label>
            <p class="small" id="token-use">
              It is tried once, stored encrypted, and used for what you let this app do, never for anybody
              else.
            </p>
            ${lifetime(facts)}
            <button name="decision" value="own-token">Allow with this token</button>`,
        )}`,
      );
    case "upstream":
      return section(
        html`${heading(`With your account at ${facts.title}`)}
        ${form(
          facts.handle,
          html`${scopeList(facts.policy.upstream, facts)} ${choices}
            <p class="small">
              You sign in at <strong>${facts.upstreamHost ?? ""}</strong> and come back here.
            </p>
            ${lifetime(facts)}
            <button name="decision" value="upstream">Go on to sign in</button>`,
        )}`,
      );
    default:
      return mode satisfies never;
  }
}

function scopeList(policy: readonly string[], facts: ConsentFacts, fixed = false): Html {
  const offered = facts.requested.filter((scope) => policy.includes(scope));
  return html`<fieldset>
    <legend>What it may do</legend>
    ${offered.map((scope) =>
      // Without reading nothing works, so it is said rather than asked.
      scope === readScope || fixed
        ? html`<p class="scope">
            <input type="hidden" name="scope" value="${scope}" /> ${meaning(scope, facts)}
          </p>`
        : html`<label class="scope"
            ><input
              type="checkbox"
              name="scope"
              value="${scope}"
              ${raw(facts.last === undefined || facts.last.scopes.includes(scope) ? "checked" : "")}
            />
            <span>${meaning(scope, facts)}</span></label
          >`,
    )}
  </fieldset>`;
}

function meaning(scope: string, { reach }: ConsentFacts): Html {
  if (scope === readScope)
    return html`<strong>Read</strong>: it can call ${operations(reach.reads)} that only read.`;
  if (scope === writeScope)
    return html`<strong>Change</strong>: it can call ${operations(reach.writes)} that create, change or
      delete.`;
  const optional = reach.optional[scope];
  return html`<strong>${scope}</strong>: ${optional?.says ?? ""} (${operations(optional?.operations ?? 0)}).`;
}

const operations = (count: number) =>
  `${count.toLocaleString("en")} ${count === 1 ? "operation" : "operations"}`;
const minutes = (count: number) => (count === 60 ? "one hour" : `${count} minutes`);
const section = (content: Html): Html => html`<section>${content}</section>`;
const lifetime = ({ grantDays }: ConsentFacts): Html =>
  html`<p class="small">For ${grantDays} days at most, or until the app signs out.</p>`;

function form(handle: string, content: Html): Html {
  return html`<form method="post" action="/authorize">
    <input type="hidden" name="handle" value="${handle}" />
    ${content}
  </form>`;
}

function page(title: string, body: Html): string {
  return `<!doctype html>\n${
    html`<html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>${title}</title>
        ${raw(`<style>${consentStyle}</style>`)}
      </head>
      <body>
        <main>${body}</main>
      </body>
    </html>`.text
  }\n`;
}
