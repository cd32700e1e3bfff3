import type { MarkdownOptions } from "./markdown";

const address = /^https:\/\/[\w.-]+(:\d+)?$/;
const repository = /^[\w.-]+\/[\w.-]+$/;

/** Where a comment's links lead, from the variables that GitHub Actions set; no link where one is missing or odd. */
export function linksFrom(env: NodeJS.ProcessEnv): MarkdownOptions {
  const { GITHUB_SERVER_URL: server = "", GITHUB_REPOSITORY: name = "", GITHUB_RUN_ID: run = "" } = env;
  if (!address.test(server) || !repository.test(name)) return {};
  return {
    // The pages of the default branch: those of a pull request are its own.
    project: `${server}/${name}/blob/HEAD`,
    ...(/^\d+$/.test(run) ? { log: `${server}/${name}/actions/runs/${run}` } : {}),
  };
}
